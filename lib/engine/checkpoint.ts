/** Everything training changes, as an engine holds it, and the checkpoint it travels in. */
import { assert, present } from '#lib/base/assert';
import type { Checkpoint } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

/** W [I, n, m], b [I, n]; `.m` and `.v` are Adam's first and second moments of each. */
export const STATE_TENSORS = ['W', 'b', 'W.m', 'W.v', 'b.m', 'b.v'] as const;
export type StateTensor = (typeof STATE_TENSORS)[number];
export type TrainingState = Readonly<Record<StateTensor, Float32Array>>;
export type Weights = Pick<TrainingState, 'W' | 'b'>;

export function shapeOf(spec: RunSpec, name: StateTensor): readonly number[] {
  const instances = instanceCount(spec);
  return name.startsWith('W') ? [instances, spec.model.n, spec.model.m] : [instances, spec.model.n];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** A copy of the weights as a frame carries them. */
export const weightTensors = (spec: RunSpec, { W, b }: Weights): readonly Tensor[] => [
  { name: 'W', shape: shapeOf(spec, 'W'), data: W.slice() },
  { name: 'b', shape: shapeOf(spec, 'b'), data: b.slice() },
];

/** How far training came. */
type Reached = Pick<Checkpoint, 'step' | 'seconds'>;

/** A copy of the state as a checkpoint carries it. */
export function toCheckpoint(spec: RunSpec, { step, seconds }: Reached, state: TrainingState): Checkpoint {
  const tensors = STATE_TENSORS.map((name) => ({ name, shape: shapeOf(spec, name), data: state[name].slice() }));
  return { step, seconds, from: 0, tensors };
}

/** A copy of what a checkpoint holds. Throws where it does not fit the spec: it would train on nonsense. */
export function toState(spec: RunSpec, checkpoint: Checkpoint): TrainingState {
  const entries = STATE_TENSORS.map((name) => {
    const { data } = present(
      checkpoint.tensors.find((tensor) => tensor.name === name),
      `tensor ${name} of the checkpoint`,
    );
    const size = sizeOf(shapeOf(spec, name));
    assert(data.length === size, `tensor ${name} holds ${size} numbers, not ${data.length}`);
    return [name, data.slice()];
  });
  return Object.fromEntries(entries) as TrainingState;
}

/** State of zeros. */
export const emptyState = (spec: RunSpec): TrainingState =>
  Object.fromEntries(
    STATE_TENSORS.map((name) => [name, new Float32Array(sizeOf(shapeOf(spec, name)))]),
  ) as TrainingState;
