/** A link's run once more: all of it with a trainer, or single instances of a portable engine. */
import { present } from '#lib/base/assert';
import { rowOf, type Numbers } from '#lib/base/matrix';
import { heldBy, toState, type TrainingState } from '#lib/engine/checkpoint';
import { checkpointFrom, initialCheckpoint } from '#lib/engine/initial';
import { nextChunk } from '#lib/engine/stepper';
import type { Trainer, TrainerHost } from '#lib/engine/trainer';
import { weightNames, type WeightName } from '#lib/model/toy';
import type { Checkpoint, EngineName, FinishedEvent, TrainedFrame } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { instanceCount } from '#lib/spec/cells';
import { amendAll } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import { tileSpec } from '#lib/spec/tiles';
import type { Link } from './link.ts';
import { tensorOf } from './pack.ts';

/** A few instances of a portable engine, trained in this thread: `createFusedSlice` is one. */
export type OpenSlice = (options: {
  readonly spec: RunSpec;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly state: TrainingState;
}) => OpenedSlice;

interface OpenedSlice {
  state(): TrainingState;
  advance(step: number): unknown;
  /** [to − from] loss on the evaluation samples. */
  evaluate(): Numbers;
}

/** The models that the link shows, one after the other, in this thread → their tensors, [cells, ·]. `reached` hears each step of its timeline. */
export async function trainShown(
  link: Link,
  open: OpenSlice,
  host: Pick<TrainerHost, 'now' | 'breathe'>,
  reached: (cell: number, step: number, state: TrainingState) => void,
): Promise<readonly Tensor[]> {
  const { spec, timeline, start } = link;
  const from = start === null ? initialCheckpoint(spec) : startingFrom(spec, start.map(tensorOf));
  const all = toState(spec, from);
  const trained: TrainingState[] = [];
  for (const [cell, instance] of timeline.instances.entries()) {
    const alone = instanceOf(all, instance, instanceCount(spec));
    trained.push(
      await trainInstance(link, instance, alone, open, host, (step, state) => {
        reached(cell, step, state);
      }),
    );
  }
  return weightNames(spec.model).map((name) => joined(name, trained));
}

async function trainInstance(
  { spec, amendments, timeline }: Link,
  instance: number,
  begin: TrainingState,
  open: OpenSlice,
  host: Pace,
  reached: (step: number, state: TrainingState) => void,
): Promise<TrainingState> {
  const stops = new Set([...amendments.map(({ step }) => step), ...timeline.steps, spec.steps]);
  const advance = inChunks(host);
  let [state, step] = [begin, 0];
  let slice: OpenedSlice | undefined;
  for (const stop of [...stops].sort((a, b) => a - b)) {
    while (step < stop) {
      slice ??= open({ spec: amendAll(spec, madeBy(amendments, step)), from: instance, to: instance + 1, step, state });
      step = await advance(slice, step, stop);
      state = slice.state();
    }
    // Whatever is changed here is in force from here on.
    if (amendments.some((amendment) => amendment.step === stop)) slice = undefined;
    reached(stop, state);
  }
  return state;
}

type Pace = Pick<TrainerHost, 'now' | 'breathe'>;

/** Trains on from `step` towards `stop`, as far as others may be kept waiting → the step reached. */
function inChunks({ now, breathe }: Pace): (slice: OpenedSlice, step: number, stop: number) => Promise<number> {
  let chunk = 1;
  return async (slice, step, stop) => {
    const [to, begun] = [Math.min(stop, step + chunk), now()];
    slice.advance(to);
    chunk = nextChunk(to - step, now() - begun);
    await breathe();
    return to;
  };
}

export interface TrainedCell {
  /** Of all its replicas: W [replicas, n, m], … */
  readonly state: TrainingState;
  /** [replicas] on the evaluation samples, as float32, in which they were compared. */
  readonly losses: Float32Array;
}

/** All models of a cell of a sweep: a tile of one. */
export async function trainCell(
  spec: RunSpec,
  cell: number,
  open: OpenSlice,
  host: Pace,
  reached: (step: number) => void,
): Promise<TrainedCell> {
  const alone = tileSpec(spec, { first: cell, count: 1 });
  const state = toState(alone, initialCheckpoint(alone));
  const slice = open({ spec: alone, from: 0, to: spec.replicas, step: 0, state });
  const advance = inChunks(host);
  let step = 0;
  while (step < spec.steps) {
    step = await advance(slice, step, spec.steps);
    reached(step);
  }
  return { state: slice.state(), losses: Float32Array.from(slice.evaluate()) };
}

const madeBy = (amendments: Link['amendments'], step: number): Link['amendments'] =>
  amendments.filter((amendment) => amendment.step <= step);

interface Replay {
  readonly finished: FinishedEvent;
  readonly last: TrainedFrame;
  readonly engine: EngineName;
}

export async function replay(
  link: Link,
  trainer: Trainer,
  host: Omit<TrainerHost, 'from' | 'amendments'>,
  progress: (step: number) => void,
): Promise<Replay> {
  const { start, spec, amendments } = link;
  let last: TrainedFrame | undefined;
  let { engine } = trainer;
  const from = start === null ? {} : { from: startingFrom(spec, start.map(tensorOf)) };
  for await (const event of trainer.train(spec, { ...host, amendments, ...from })) {
    if (event.type === 'started') ({ engine } = event);
    else if (event.type === 'metrics') progress(event.step);
    else if (event.type === 'frame') last = event.frame;
    else if (event.type === 'failed') throw new Error(event.message);
    else if (event.type === 'finished') return { finished: event, last: present(last, 'the last frame'), engine };
  }
  throw new Error('It was stopped before the end.');
}

/** One instance's part of each tensor, a copy. */
export const instanceOf = (state: TrainingState, instance: number, instances: number): TrainingState =>
  Object.fromEntries(
    Object.entries(state).map(([name, data]) => [name, rowOf(data, instance, data.length / instances).slice()]),
  );

/** [·] of each → [k, ·] */
export function joined(name: WeightName, states: readonly TrainingState[]): Tensor {
  const parts = states.map((state) => heldBy(state, name));
  const size = parts[0]?.length ?? 0;
  const data = new Float32Array(parts.length * size);
  parts.forEach((part, k) => {
    data.set(part, k * size);
  });
  return { name, shape: [parts.length, size], data };
}

/** Another run's weights, with an optimiser that begins anew. */
const startingFrom = (spec: RunSpec, tensors: readonly Tensor[]): Checkpoint =>
  present(checkpointFrom(spec, tensors), 'weights that fit');
