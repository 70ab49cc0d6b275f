'use client';
/** Keeps the desk told of what is before a person's eyes: rarely what changes rarely, and on demand what changes with every frame. */
import { useEffect, useMemo, useRef } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { AnchorFigure, Role } from '#lib/room/anchor';
import type { PlaceScene } from '#lib/room/place';
import { cellCount, cellNear, cellOf, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { Frame } from '#lib/runs/frame';
import { emptyView, type CellView } from '../_figures/cell-view.ts';
import { mapPlaceOf } from '../_figures/map-places.ts';
import { measureFrame } from '../_figures/formation.ts';
import { useNotes, usePastRunActions, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { isElsewhere, NOTE_PARAMETER, useDesk, visit, visitItsRun } from './desk.tsx';
import { cosineOf, createPlacing, createScene, rolesOf, type LiveModel, type Placing, type Told } from './scene.ts';

export type DiagramOf = (cell: number) => Pick<LiveModel, 'step' | 'read'>;

interface SceneView {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly cell: number;
  /** Another function where what it gives has changed; null: the model is not known. */
  readonly viewOf: (cell: number) => CellView | null;
  /** null while nothing has been trained. */
  readonly step: number | null;
  /** The views are where the run has come to, and none moves. */
  readonly settled: boolean;
  /** The best replicas are shown. */
  readonly best: boolean;
  readonly active: number | null;
  readonly turnTo: (cell: number, step: number | null, figure: AnchorFigure) => void;
  /** Where the models are a diagram's cells: what is read of one, and the step that it has come to. */
  readonly diagram?: DiagramOf;
}

export function useScene(props: SceneView): void {
  const { spec, run, cell, viewOf, step, settled, best, active, turnTo, diagram } = props;
  const desk = useDesk();
  const item = useSession((state) => state.item);
  const live = useRef<(cell: number) => LiveModel>(() => NOTHING);
  const turn = useRef(turnTo);
  const forming = useRef<Forming>({ run: null, best: false, known: null });
  const runId = run?.record.id ?? null;
  const isDiagram = diagram !== undefined;
  const bestReplicas = best ? (run?.best ?? null) : null;
  const ended = best ? (run?.bestTimeline?.entries.at(-1)?.frame ?? null) : null;
  useEffect(() => {
    live.current = (of) => ({
      view: viewOf(of) ?? emptyView(0),
      step,
      lossAt: (at) => run?.metrics.findLast((event) => event.step <= at)?.loss[of] ?? null,
      ...diagram?.(of),
    });
    turn.current = turnTo;
  });
  useEffect(() => {
    desk.setState({ active });
  }, [desk, active]);
  // Views that rest are given by the same function until they move again.
  const resting = settled ? viewOf : null;
  // Of a fine diagram they are thousands: not counted again with each cell that is chosen.
  const densities = useMemo(() => densitiesOf(spec), [spec]);
  // What has been worked out of them rests with them, whichever cell is chosen meanwhile.
  const fresh = useMemo(() => (resting === null ? null : createGeometry(resting, spec)), [resting, spec]);
  const places = useRef<Places | null>(null);
  useEffect(() => {
    if (item === null) return;
    const before = forming.current;
    const seen = before.run === runId && before.best === best ? before.known : null;
    const known = fresh ?? seen ?? geometryAtEnd(ended, spec);
    forming.current = { run: runId, best, known };
    const place: PlaceScene = {
      item: item.id,
      run: runId,
      steps: spec.steps,
      densities,
      instance: (k) => k * spec.replicas + (bestReplicas?.[k]?.replica ?? 0),
      ...(spec.axes.length > 1 ? { cellOf: (instance: number) => cellOf(spec, instance) } : {}),
      cellAt: (numbers) => cellNear(spec, numbers),
      parametersOf: (k) => cellParameters(spec, k),
      ...(isDiagram ? { map: mapPlaceOf(spec) } : {}),
      roles: (k) => known?.roles(k) ?? null,
      cosine: (k, i, j) => known?.cosine(k, i, j) ?? NaN,
      parameters: experimentOf(item.experiment)?.controls ?? [],
    };
    places.current = { place, placed: createPlacing(place) };
  }, [item, spec, runId, isDiagram, densities, fresh, best, bestReplicas, ended]);
  useEffect(() => {
    if (item === null || places.current === null) return;
    desk.setState({
      scene: createScene({
        ...places.current,
        spec,
        cell,
        whole: isDiagram ? 'map' : 'directions',
        live: (of) => live.current(of),
        turnTo: (...where) => {
          turn.current(...where);
        },
      }),
    });
    const { awaited, scene } = desk.getState();
    if (awaited !== null && awaited.run === runId && scene?.show(awaited) === true) desk.setState({ awaited: null });
    // All that the places are made of, and the cell.
  }, [desk, item, spec, runId, cell, isDiagram, densities, fresh, best, bestReplicas, ended]);
  useEffect(
    () => () => {
      desk.setState({ scene: null, active: null });
    },
    [desk],
  );
  const { open } = usePastRunActions();
  useEffect(() => {
    desk.setState({ openRun: (earlier) => open(earlier) });
  }, [desk, open]);
  useNoteInAddress();
}

const NOTHING: LiveModel = { view: emptyView(0), step: null, lossAt: () => null };

interface Places {
  readonly place: PlaceScene;
  readonly placed: Placing;
}

interface Forming {
  readonly run: string | null;
  readonly best: boolean;
  readonly known: Geometry | null;
}

interface Geometry {
  readonly roles: (cell: number) => readonly Role[] | null;
  readonly cosine: (cell: number, i: number, j: number) => number;
}

const densitiesOf = (spec: RunSpec): readonly number[] =>
  Array.from({ length: cellCount(spec) }, (_, cell) => cellParameters(spec, cell).density);

/** Each cell's roles, worked out when somebody asks, and once. */
function createGeometry(viewOf: (cell: number) => Told | null, spec: RunSpec): Geometry {
  const known = new Map<number, readonly Role[]>();
  return {
    roles(cell) {
      const view = viewOf(cell);
      if (view === null) return null;
      const roles = known.get(cell) ?? rolesOf(view, spec, cell);
      known.set(cell, roles);
      return roles;
    },
    cosine(cell, i, j) {
      const view = viewOf(cell);
      return view === null ? NaN : cosineOf(view, i, j);
    },
  };
}

/** Of a run that is over, for whoever came when it was scrubbed and has never seen it rest. */
function geometryAtEnd(frame: Frame | null, spec: RunSpec): Geometry | null {
  if (frame === null) return null;
  let views: readonly Told[] | undefined;
  return createGeometry((cell) => {
    views ??= measureFrame(frame, spec.model).cells.map(({ view }) => view);
    return views[cell] ?? null;
  }, spec);
}

/** Opens the room at the note that its address names, once both are there. */
function useNoteInAddress(): void {
  const desk = useDesk();
  const threads = useNotes((state) => state.threads);
  useEffect(() => {
    const id = new URL(location.href).searchParams.get(NOTE_PARAMETER);
    const thread = threads.find((held) => held.id === id);
    if (desk.getState().arrived || thread === undefined) return undefined;
    const open = (): void => {
      const { scene, arrived } = desk.getState();
      if (arrived || scene === null) return;
      desk.setState({ arrived: true });
      visit(desk, thread.id, thread.anchor);
      // Whoever comes by an address wants what was seen then, not what has become of it.
      if (thread.anchor !== null && isElsewhere(thread.anchor, scene)) visitItsRun(desk, thread.anchor);
    };
    open();
    return desk.subscribe(open);
  }, [desk, threads]);
}
