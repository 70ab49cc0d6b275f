'use client';
/** Keeps the desk told of what is before a person's eyes: rarely what changes rarely, and on demand what changes with every frame. */
import { useEffect, useRef } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { AnchorFigure, Role } from '#lib/room/anchor';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { Frame } from '#lib/runs/frame';
import { emptyView, type CellView } from '../_figures/cell-view.ts';
import { measureFrame } from '../_figures/formation.ts';
import { useNotes, usePastRunActions, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { isElsewhere, NOTE_PARAMETER, useDesk, visit, visitItsRun } from './desk.tsx';
import { cosineOf, createScene, rolesOf, type LiveModel, type Told } from './scene.ts';

interface SceneView {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly cell: number;
  readonly views: readonly CellView[];
  /** null while nothing has been trained. */
  readonly step: number | null;
  /** The views are where the run has come to, and nothing moves. */
  readonly settled: boolean;
  /** The best replicas are shown. */
  readonly best: boolean;
  readonly active: number | null;
  readonly turnTo: (cell: number, step: number | null, figure: AnchorFigure) => void;
}

export function useScene({ spec, run, cell, views, step, settled, best, active, turnTo }: SceneView): void {
  const desk = useDesk();
  const item = useSession((state) => state.item);
  const live = useRef<(cell: number) => LiveModel>(() => NOTHING);
  const turn = useRef(turnTo);
  const forming = useRef<Forming>({ run: null, best: false, known: null });
  const runId = run?.record.id ?? null;
  const bestReplicas = best ? (run?.best ?? null) : null;
  const ended = best ? (run?.bestTimeline?.entries.at(-1)?.frame ?? null) : null;
  useEffect(() => {
    live.current = (of) => ({
      view: views[of] ?? emptyView(0),
      step,
      lossAt: (at) => run?.metrics.findLast((event) => event.step <= at)?.loss[of] ?? null,
    });
    turn.current = turnTo;
  });
  useEffect(() => {
    desk.setState({ active });
  }, [desk, active]);
  // Views that rest are the same array until they move again.
  const resting = settled ? views : null;
  useEffect(() => {
    if (item === null) return;
    const before = forming.current;
    const fresh = resting === null ? null : createGeometry(() => resting, spec);
    const known = before.run === runId && before.best === best ? before.known : null;
    forming.current = { run: runId, best, known: fresh ?? known ?? geometryAtEnd(ended, spec) };
    desk.setState({
      scene: createScene({
        spec,
        cell,
        live: (of) => live.current(of),
        turnTo: (...where) => {
          turn.current(...where);
        },
        place: {
          item: item.id,
          run: runId,
          steps: spec.steps,
          densities: Array.from({ length: cellCount(spec) }, (_, k) => cellParameters(spec, k).density),
          instance: (k) => k * spec.replicas + (bestReplicas?.[k]?.replica ?? 0),
          roles: (k) => forming.current.known?.roles(k) ?? null,
          cosine: (k, i, j) => forming.current.known?.cosine(k, i, j) ?? NaN,
          parameters: experimentOf(item.experiment)?.controls ?? [],
        },
      }),
    });
    const { awaited, scene } = desk.getState();
    if (awaited !== null && awaited.run === runId && scene?.show(awaited) === true) desk.setState({ awaited: null });
  }, [desk, item, spec, runId, cell, resting, best, bestReplicas, ended]);
  const { open } = usePastRunActions();
  useEffect(() => {
    desk.setState({ openRun: (earlier) => open(earlier) });
  }, [desk, open]);
  useNoteInAddress();
}

const NOTHING: LiveModel = { view: emptyView(0), step: null, lossAt: () => null };

interface Forming {
  readonly run: string | null;
  readonly best: boolean;
  readonly known: Geometry | null;
}

interface Geometry {
  readonly roles: (cell: number) => readonly Role[] | null;
  readonly cosine: (cell: number, i: number, j: number) => number;
}

/** Each cell's roles, worked out when somebody asks, and once. */
function createGeometry(read: () => readonly Told[], spec: RunSpec): Geometry {
  let views: readonly Told[] | undefined;
  const viewOf = (cell: number): Told | undefined => (views ??= read())[cell];
  const known = new Map<number, readonly Role[]>();
  return {
    roles(cell) {
      const view = viewOf(cell);
      if (view === undefined) return null;
      const roles = known.get(cell) ?? rolesOf(view, spec);
      known.set(cell, roles);
      return roles;
    },
    cosine(cell, i, j) {
      const view = viewOf(cell);
      return view === undefined ? NaN : cosineOf(view, i, j);
    },
  };
}

/** Of a run that is over, for whoever came when it was scrubbed and has never seen it rest. */
const geometryAtEnd = (frame: Frame | null, spec: RunSpec): Geometry | null =>
  frame === null ? null : createGeometry(() => measureFrame(frame, spec.model).cells.map(({ view }) => view), spec);

/** Opens the room at the note that its address names, once both are there. */
function useNoteInAddress(): void {
  const desk = useDesk();
  const threads = useNotes((state) => state.threads);
  const opened = useRef(false);
  useEffect(() => {
    const id = new URL(location.href).searchParams.get(NOTE_PARAMETER);
    const thread = threads.find((held) => held.id === id);
    if (opened.current || thread === undefined) return undefined;
    const open = (): void => {
      const { scene } = desk.getState();
      if (opened.current || scene === null) return;
      opened.current = true;
      visit(desk, thread.id, thread.anchor);
      // Whoever comes by an address wants what was seen then, not what has become of it.
      if (thread.anchor !== null && isElsewhere(thread.anchor, scene)) visitItsRun(desk, thread.anchor);
    };
    open();
    return desk.subscribe(open);
  }, [desk, threads]);
}
