/** A link's run once more: all of it with a trainer, or single instances of a portable engine. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
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
import type { Link } from './link.ts';
import { tensorOf } from './open.ts';

/** A few instances of a portable engine, trained in this thread: `createFusedSlice` is one. */
export type OpenSlice = (options: {
  readonly spec: RunSpec;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly state: TrainingState;
}) => { state(): TrainingState; advance(step: number): unknown };

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
    const alone = rowsOf(all, instance, instanceCount(spec));
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
  { now, breathe }: Pick<TrainerHost, 'now' | 'breathe'>,
  reached: (step: number, state: TrainingState) => void,
): Promise<TrainingState> {
  const stops = new Set([...amendments.map(({ step }) => step), ...timeline.steps, spec.steps]);
  let [state, step, chunk] = [begin, 0, 1];
  let slice: ReturnType<OpenSlice> | undefined;
  for (const stop of [...stops].sort((a, b) => a - b)) {
    while (step < stop) {
      slice ??= open({ spec: amendAll(spec, madeBy(amendments, step)), from: instance, to: instance + 1, step, state });
      const [to, begun] = [Math.min(stop, step + chunk), now()];
      slice.advance(to);
      chunk = nextChunk(to - step, now() - begun);
      step = to;
      state = slice.state();
      await breathe();
    }
    // Whatever is changed here is in force from here on.
    if (amendments.some((amendment) => amendment.step === stop)) slice = undefined;
    reached(stop, state);
  }
  return state;
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
const rowsOf = (state: TrainingState, instance: number, instances: number): TrainingState =>
  Object.fromEntries(
    Object.entries(state).map(([name, data]) => [name, rowOf(data, instance, data.length / instances).slice()]),
  );

/** [·] of each → [k, ·] */
function joined(name: WeightName, states: readonly TrainingState[]): Tensor {
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
