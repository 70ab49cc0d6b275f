/** Everything training changes, as an engine holds it, and the checkpoint it travels in. */
import { assert, present } from '#lib/base/assert';
import { weightNames, weightSize, type WeightName } from '#lib/model/toy';
import type { Checkpoint } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

/** W [I, n, m], or W1 and W2 of an untied model, and b [I, n]; `.m` and `.v` are Adam's first and second moments of each. */
export type StateTensor = WeightName | `${WeightName}.m` | `${WeightName}.v`;
/** Has the tensors of its spec, and no others: `heldBy` reads one. */
export type TrainingState = Readonly<Partial<Record<StateTensor, Float32Array>>>;
export type Weights = Readonly<Partial<Record<WeightName, Float32Array>>>;

/** The state's tensors in the order in which a checkpoint holds them: the weights, then their moments. */
export function stateTensors({ model }: RunSpec): readonly StateTensor[] {
  const names = weightNames(model);
  return [...names, ...names.flatMap((name): StateTensor[] => [`${name}.m`, `${name}.v`])];
}

/** The tensor of that name. Throws where the spec has none. */
export const heldBy = (state: TrainingState, name: StateTensor): Float32Array =>
  present(state[name], `tensor ${name} of the training state`);

/** The weights alone. */
export const weightsOf = (state: TrainingState): Weights =>
  Object.fromEntries(Object.entries(state).filter(([name]) => !name.includes('.')));

/** [I, n, m], or [I, n] of b and its moments. */
export function shapeOf(spec: RunSpec, name: StateTensor): readonly number[] {
  const instances = instanceCount(spec);
  return name.startsWith('W') ? [instances, spec.model.n, spec.model.m] : [instances, spec.model.n];
}

/** Of a tensor and its moments. */
const sizeOf = (spec: RunSpec, name: StateTensor): number =>
  instanceCount(spec) * weightSize(spec.model, name.startsWith('W') ? 'W' : 'b');

/** A copy of the weights as a frame carries them. */
export const weightTensors = (spec: RunSpec, weights: Weights): readonly Tensor[] =>
  weightNames(spec.model).map((name) => copyOf(spec, weights, name));

const copyOf = (spec: RunSpec, state: TrainingState, name: StateTensor): Tensor => ({
  name,
  shape: shapeOf(spec, name),
  data: heldBy(state, name).slice(),
});

/** How far training came. */
type Reached = Pick<Checkpoint, 'step' | 'seconds'>;

/** A copy of the state as a checkpoint carries it. */
export const toCheckpoint = (spec: RunSpec, { step, seconds }: Reached, state: TrainingState): Checkpoint => ({
  step,
  seconds,
  from: 0,
  tensors: stateTensors(spec).map((name) => copyOf(spec, state, name)),
});

/** A copy of what a checkpoint holds. Throws where it does not fit the spec: it would train on nonsense. */
export function toState(spec: RunSpec, checkpoint: Checkpoint): TrainingState {
  return stateOf(spec, (name) => {
    const { data } = present(
      checkpoint.tensors.find((tensor) => tensor.name === name),
      `tensor ${name} of the checkpoint`,
    );
    const size = sizeOf(spec, name);
    assert(data.length === size, `tensor ${name} holds ${size} numbers, not ${data.length}`);
    return data.slice();
  });
}

/** State of zeros. */
export const emptyState = (spec: RunSpec): TrainingState =>
  stateOf(spec, (name) => new Float32Array(sizeOf(spec, name)));

/** The state whose tensors `of` gives. */
export const stateOf = (spec: RunSpec, of: (name: StateTensor) => Float32Array): TrainingState =>
  Object.fromEntries(stateTensors(spec).map((name) => [name, of(name)]));
