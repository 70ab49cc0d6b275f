/** Engines on a graphics card against the reference: gradients, the losses of a run, and the evaluation's. */
import { present } from '#lib/base/assert';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import { heldBy, toState } from '#lib/engine/checkpoint';
import { createTrainerHost } from '#lib/engine/host';
import { KINDS } from '#lib/engine/kinds';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { weightNames } from '#lib/model/toy';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import { instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { nextTurn } from '../compute/trainers.ts';

/** Greatest errors that are allowed: of a gradient as decisions say, and of any loss in the steps that are compared. */
export interface Tolerance {
  readonly gradient: number;
  readonly loss: number;
}

export interface Checked {
  /** As the table has it. */
  readonly name: string;
  readonly trainer: Trainer;
  readonly tolerance: Tolerance;
}

export interface Check {
  readonly engine: string;
  readonly shape: string;
  /** max|g − g*| / max|g*| against the reference, the worst tensor and instance. */
  readonly gradientError: number;
  /** Relative, the worst of every cell's loss in the steps compared, and of the evaluation. */
  readonly lossError: number;
  readonly passed: boolean;
}

/** On both sides of every change of kernel or tile, and batches that nothing divides. */
export const SHAPES: readonly Partial<Parameters>[] = [
  { n: 2, m: 1 },
  { n: 5, m: 2, batch: 1_024 },
  { n: 5, m: 2, output: 'linear', batch: 37 },
  { n: 9, m: 7, batch: 300 },
  { n: 20, m: 5, batch: 1_024 },
  { n: 64, m: 2, batch: 100 },
  { n: 128, m: 1, batch: 64 },
  { n: 130, m: 1, batch: 65 },
  { n: 33, m: 7, densityTo: 0.01 },
  { n: 80, m: 20, batch: 1_024 },
  { n: 80, m: 20, output: 'linear' },
  { n: 64, m: 64, batch: 129 },
  { n: 67, m: 65, batch: 129 },
  { n: 200, m: 30, batch: 200 },
];

/** Every model with every kind of data, at a batch that nothing divides. */
export const EVERY_KIND: readonly Partial<Parameters>[] = KINDS.map((kind) => ({ ...kind, batch: 37 }));

const CHECKED_STEPS = 40;

/** The reference trains a shape once, whichever engines are held against it. */
export async function* checkAll(
  engines: readonly Checked[],
  shapes: readonly Partial<Parameters>[],
): AsyncGenerator<Check, void, void> {
  for (const shape of shapes) {
    const spec = resolve({
      ...DEFAULT_PARAMETERS,
      ...{ densities: 2, replicas: 1, batch: 128, steps: CHECKED_STEPS, schedule: 'cosine' },
      ...shape,
    });
    const expected = await take(createReferenceTrainer(), spec);
    for (const { name, trainer, tolerance } of engines) {
      const { gradientError, lossError } = compare(spec, await take(trainer, spec), expected);
      const passed = gradientError <= tolerance.gradient && lossError <= tolerance.loss;
      yield { engine: name, shape: JSON.stringify(shape), gradientError, lossError, passed };
    }
  }
}

/** What is compared of a run. */
interface Taken {
  readonly afterOne: Checkpoint;
  readonly losses: readonly number[];
}

const take = async (trainer: Trainer, spec: RunSpec): Promise<Taken> => ({
  afterOne: await stateAfterOne(trainer, spec),
  losses: lossesOf(await trainAll(trainer, spec)),
});

function compare(spec: RunSpec, actual: Taken, expected: Taken) {
  const gradientError = errorOfGradients(spec, actual.afterOne, expected.afterOne);
  const lossError = Math.max(...pairs(actual.losses, expected.losses).map(([a, b]) => Math.abs(a / b - 1)));
  return { gradientError, lossError };
}

async function trainAll(trainer: Trainer, spec: RunSpec): Promise<readonly RunEvent[]> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn });
  const events: RunEvent[] = [];
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    events.push(event);
  }
  return events;
}

async function stateAfterOne(trainer: Trainer, spec: RunSpec): Promise<Checkpoint> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn, target: 1 });
  let last: Checkpoint | undefined;
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type === 'checkpoint') last = event.checkpoint;
    if (event.type === 'paused') host.setTarget('stop');
  }
  return present(last, 'the checkpoint of step 1');
}

/** Every training loss at a kept step, then the evaluation's. Few steps are kept all, so both lists have one length. */
const lossesOf = (events: readonly RunEvent[]): readonly number[] => {
  const frames = new Set(
    events.flatMap((event) => (event.type === 'frame' && event.frame.kept ? [event.frame.step] : [])),
  );
  return events.flatMap((event) =>
    event.type === 'metrics' && frames.has(event.step)
      ? event.loss
      : event.type === 'finished'
        ? event.evaluationLoss
        : [],
  );
};

function pairs(a: readonly number[], b: readonly number[]): readonly (readonly [number, number])[] {
  if (a.length !== b.length) throw new Error(`${a.length} losses, where the reference has ${b.length}`);
  return a.map((value, i) => [value, b[i] ?? NaN]);
}

/** After one step the first moments are (1 − β₁) times the gradient. */
function errorOfGradients(spec: RunSpec, mine: Checkpoint, reference: Checkpoint): number {
  const [a, b] = [toState(spec, mine), toState(spec, reference)];
  const errors = weightNames(spec.model).flatMap((name) =>
    Array.from({ length: instanceCount(spec) }, (_, instance) => {
      const [own, other] = [heldBy(a, `${name}.m`), heldBy(b, `${name}.m`)];
      const size = own.length / instanceCount(spec);
      return relativeError(rowOf(own, instance, size), rowOf(other, instance, size));
    }),
  );
  return Math.max(...errors);
}

/** NaN where a number is none, which is within no tolerance. */
function relativeError(actual: Numbers, expected: Numbers): number {
  let [worst, largest] = [0, Number.MIN_VALUE];
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(at(actual, i) - at(expected, i)));
    largest = Math.max(largest, Math.abs(at(expected, i)));
  }
  return worst / largest;
}
