'use client';
/** A run as a map of its cells: a sweep tile by tile, any other run as its frames say, at the moment that is shown. */
import { useCallback, useMemo } from 'react';
import { rowOf } from '#lib/base/matrix';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import type { BestReplica } from '#lib/runs/best';
import { drawnMatrix, tensorOf, type Frame } from '#lib/runs/frame';
import { summarise, sweepMap, type SweepMap } from '#lib/runs/sweep-frame';
import type { Timeline } from '#lib/runs/timeline';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import type { CellView } from '../_figures/cell-view.ts';
import type { ShownRun } from '../_figures/showing.ts';
import { viewOfModel, viewOfTile } from '../_figures/tile-view.ts';
import { useShownMoment } from '../_figures/use-showing.ts';
import { useStepBeside, type StepBeside } from '../_runs/step-beside.tsx';
import { useSession, useTime, useTimeActions } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { momentAt, momentOf } from '../_session/time.ts';
import { newestStep } from './scrubber.tsx';
import { useEvery } from './use-every.ts';
import type { RoomShowing } from './use-room-showing.ts';
import { useSpecAt } from './use-spec-at.ts';

export interface ShownMap extends RoomShowing {
  /** In force at the moment that is shown: the run may have been changed on the way. */
  readonly spec: RunSpec;
  readonly map: SweepMap;
  /** The model of a cell that is shown; null while it is not known. */
  readonly viewOf: (cell: number) => CellView | null;
}

interface MapBeside extends Pick<ShownMap, 'spec' | 'map'> {
  readonly moment: StepBeside;
}

/** Of the replica that is shown while training, the reveal swaps it for the best when it is this far. */
const SWAP = 0.5;

export function useShownMap(begun: RunSpec, run: RunView | null): ShownMap {
  const showing = useMoment(begun, run);
  const spec = useSpecAt(run, showing.shown?.step ?? 0) ?? begun;
  const drawn = frameAt(run, showing);
  const map = useMap(spec, run, drawn);
  const { frame } = drawn;
  const kept = isSweep(spec) ? run?.timeline : undefined;
  const viewOf = useCallback(
    (cell: number) => (isSweep(spec) ? viewOfTile(framesIn(kept), cell, spec.model) : viewOfFrame(spec, frame, cell)),
    [spec, kept, frame],
  );
  return { ...showing, spec, map, viewOf };
}

/** Of a run beside the shown one, at a time of its own. */
export function useMapBeside(newest: RunView): MapBeside {
  const run = useDrawn(newest) ?? newest;
  const moment = useStepBeside(run);
  const spec = useSpecAt(run, moment.step) ?? run.record.spec;
  const shown = frameOfStep(run, moment.step, (run.bestTimeline?.entries.length ?? 0) > 0);
  return { spec, map: useMap(spec, run, shown), moment };
}

/** ms between two pictures of a diagram that is trained: for each a thousand models are measured, and hands and keys want their turn. */
const PICTURE_MS = 100;

/** As it is drawn: no frame of the run before it over its cells. */
export function useDrawn(newest: RunView | null): RunView | null {
  const held = useEvery(newest, PICTURE_MS);
  return held?.record.id === newest?.record.id ? held : newest;
}

/** Worked out again where what it shows has changed: a moment that is gone back to stays, whatever the run comes to meanwhile. */
function useMap(spec: RunSpec, run: RunView | null, { frame, best }: ShownFrame): SweepMap {
  const tiles = isSweep(spec);
  const kept = tiles ? run?.timeline : undefined;
  const latest = tiles ? (run?.latest ?? null) : null;
  const bestReplicas = best ? (run?.best ?? null) : null;
  return useMemo(
    () => (tiles ? mapOfTiles(spec, kept, latest) : mapOfFrame(spec, frame, bestReplicas)),
    [tiles, spec, kept, latest, frame, bestReplicas],
  );
}

function useMoment(spec: RunSpec, run: RunView | null): RoomShowing {
  const clockOffset = useSession((state) => state.clockOffset);
  const serverNow = useCallback(() => Date.now() + clockOffset, [clockOffset]);
  const id = run?.record.id;
  const scrubbed = useTime((state) => momentOf(state, id)?.step ?? null);
  const { go } = useTimeActions();
  const moment = useShownMoment(run === null || isSweep(spec) ? null : shownRunOf(run), serverNow);
  const isEmpty = moment === null || (run?.latest === null && run.bestTimeline === null);
  return {
    shown: isEmpty
      ? null
      : {
          ...{ step: scrubbed ?? moment.step, views: [], best: moment.reveal > SWAP },
          ...{ moving: moment.moving, skip: moment.skip },
        },
    scrubbed,
    onScrub: (step) => {
      go(step === null || id === undefined ? null : momentAt(id, step));
    },
  };
}

function shownRunOf(run: RunView): ShownRun {
  const { id, startedAt, spec, status } = run.record;
  const finished = (run.bestTimeline?.entries.length ?? 0) > 0;
  return { id, startedAt, steps: spec.steps, latest: newestStep(run), paused: status.phase === 'paused', finished };
}

interface ShownFrame {
  readonly frame: Frame | null;
  readonly best: boolean;
}

const frameAt = (run: RunView | null, { shown }: RoomShowing): ShownFrame =>
  run === null || shown === null ? { frame: null, best: false } : frameOfStep(run, shown.step, shown.best);

function frameOfStep(run: RunView, step: number, best: boolean): ShownFrame {
  const { timeline, bestTimeline, latest } = run;
  if (best && bestTimeline !== null) {
    const frame = frameOf(bestTimeline, step);
    return { frame, best: frame?.step === run.record.spec.steps };
  }
  const isNewest = latest !== null && latest.step <= step;
  return { frame: isNewest ? latest : frameOf(timeline, step), best: false };
}

/** The last frame up to a step. */
function frameOf({ entries }: Timeline<Frame>, step: number): Frame | null {
  const entry = entries.findLast((each) => each.step <= step) ?? entries[0];
  return entry?.frame ?? null;
}

const mapOfTiles = (spec: RunSpec, kept: Timeline<Frame> | undefined, latest: Frame | null): SweepMap =>
  sweepMap(spec, [...(latest === null || latest.kept ? [] : [latest]), ...framesIn(kept)]);

const framesIn = (kept: Timeline<Frame> | undefined): readonly Frame[] => kept?.entries.map(({ frame }) => frame) ?? [];

/** Of one model of each cell; with what is known of the best ones where it is they. */
export function mapOfFrame(spec: RunSpec, frame: Frame | null, best: readonly BestReplica[] | null): SweepMap {
  const one = { ...spec, replicas: 1 };
  if (frame === null || !isOfModel(spec, frame)) return sweepMap(one, []);
  const cells = summarise(one, frame, { norms, superposition });
  const map = sweepMap(one, [{ ...cells, kept: best !== null }]);
  best?.forEach(({ replica, evaluationLoss }, cell) => {
    map.loss[cell] = evaluationLoss;
    map.replica[cell] = replica;
  });
  return map;
}

/** It holds the matrices that are drawn, and of models as large as the spec's. */
function isOfModel({ model: { n, m } }: RunSpec, frame: Frame): boolean {
  const [, rows, columns] = drawnMatrix(frame)?.shape ?? [];
  return rows === n && columns === m;
}

function viewOfFrame(spec: RunSpec, frame: Frame | null, cell: number): CellView | null {
  if (frame === null || !isOfModel(spec, frame)) return null;
  const { n, m } = spec.model;
  const [W, b] = [drawnMatrix(frame)?.data, tensorOf(frame, 'b')?.data];
  if (W === undefined || b === undefined) return null;
  const [weights, biases] = [rowOf(W, cell, n * m), rowOf(b, cell, n)];
  return weights.length === 0 ? null : viewOfModel(weights, biases, spec.model);
}
