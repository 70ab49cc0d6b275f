/**
 * Verify: a link's run once more, here, and what comes out against what the link says. On the engine that the link was trained on,
 * where that is a portable one, the bits decide. On any other they cannot: training bifurcates, and two engines part after some
 * hundred steps; then it is the best model of each cell that must be the same solution, within `TOLERANCES`.
 *
 * Nothing that the link says of its weights is believed: loss and measures are taken from the weights themselves.
 */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { heldBy, toState, type TrainingState } from '#lib/engine/checkpoint';
import { initialCheckpoint } from '#lib/engine/initial';
import { nextChunk } from '#lib/engine/loop';
import type { Trainer, TrainerHost } from '#lib/engine/trainer';
import { norms, representedFeatures } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { drawSamples } from '#lib/model/data';
import { loss, toyWeights, weightNames, weightSize, type ToyWeights, type WeightName } from '#lib/model/toy';
import { bestReplicas } from '#lib/runs/best';
import type { Checkpoint, EngineName, FinishedEvent, TrainedFrame } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { cellCount, cellParameters, importances, instanceCount } from '#lib/spec/cells';
import { amendAll } from '#lib/spec/change';
import { evaluationDistribution, evaluationSamples, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { revisionOf, type Link } from './link.ts';
import { lossesOf, tensorOf } from './open.ts';

/** Within these two models are the same solution. */
export const TOLERANCES = {
  /** of the evaluation loss, as a share: neighbouring minima of the paper's models differ by more */
  loss: 0.03,
  /** of each ‖W_i‖, the features sorted by it: the last steps of a constant rate scatter them by less */
  norm: 0.1,
} as const;

export interface Verdict {
  /** identical: bit for bit. same: another way to the same solution. different: the link's weights are not what its spec trains. */
  readonly kind: 'identical' | 'same' | 'different';
  /** For people: what decided. */
  readonly why: string;
  /** What it was trained on here. */
  readonly engine: EngineName;
  /** Training, here. */
  readonly seconds: number;
  /** Models that were trained here: all of the run, or those that the link shows. */
  readonly models: { readonly trained: number; readonly of: number };
  readonly weights: WeightsCompared;
  readonly cells: readonly CellCompared[];
}

export interface WeightsCompared {
  readonly numbers: number;
  /** Of them the same, bit for bit. */
  readonly equal: number;
  /** max |link − here| */
  readonly largest: number;
}

/** The best model of a cell: in the link, and here. */
export interface CellCompared {
  readonly cell: number;
  /** p = 1 − S */
  readonly density: number;
  readonly loss: Two<number>;
  readonly represented: Two<number>;
  readonly shape: Two<string>;
  /** Largest difference of sorted ‖W_i‖. */
  readonly norms: number;
  readonly same: boolean;
}

interface Two<T> {
  readonly link: T;
  readonly here: T;
}

/** The first of `trainers` that would give the link's own bits; else the first that takes its spec. Its last one takes everything. */
export function chooseVerifier(link: Link, trainers: readonly [Trainer, ...Trainer[]]): Trainer {
  const able = trainers.filter((trainer) => trainer.refuses(link.spec) === undefined);
  return able.find(({ engine }) => isSameEngine(link, engine)) ?? able[0] ?? present(trainers.at(-1), 'a trainer');
}

export const isSameEngine = ({ engine }: Link, { name }: EngineName): boolean =>
  engine.revision !== null && engine.name === name && engine.revision === revisionOf(name);

/** Trains the link's run to its end with `trainer`. `progress` is told the step reached. Throws what the trainer fails with. */
export async function verifyLink(
  link: Link,
  trainer: Trainer,
  host: Omit<TrainerHost, 'from' | 'amendments'>,
  progress: (step: number) => void = () => undefined,
): Promise<Verdict> {
  const { finished, last, engine } = await replay(link, trainer, host, progress);
  const weights = compareWeights(link, { instances: everyInstance(link.spec), tensors: last.tensors });
  const cells = compareCells(link, finished, last);
  const sameEngine = isSameEngine(link, engine);
  const all = instanceCount(link.spec);
  const models = { trained: all, of: all };
  const judged = judge(link, sameEngine, finished.weightsHash, weights, cells);
  return { ...judged, engine, seconds: finished.seconds, models, weights, cells };
}

/** A few instances of a portable engine, trained in this thread: `createFusedSlice` is one. */
export type OpenSlice = (options: {
  readonly spec: RunSpec;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly state: TrainingState;
}) => { readonly state: TrainingState; advance(step: number): unknown };

/**
 * The models that the link shows, trained once more on the engine that it was trained on: instances do not know of each other, so
 * that the bits of a few are a proof for these few, in a fraction of the time. Of a link of another engine it would prove nothing.
 */
export async function verifyShown(
  link: Link,
  engine: EngineName,
  open: OpenSlice,
  { now, breathe }: Pick<TrainerHost, 'now' | 'breathe'>,
  progress: (step: number) => void = () => undefined,
): Promise<Verdict> {
  const { spec, timeline, start } = link;
  const begun = now();
  const from = start === null ? initialCheckpoint(spec) : startingFrom(spec, start.map(tensorOf));
  const all = toState(spec, from);
  const trained: TrainingState[] = [];
  const frames = framesOf(link);
  const seen = { differing: false };
  for (const [cell, instance] of timeline.instances.entries()) {
    const reached = (step: number, state: TrainingState): void => {
      seen.differing ||= !frames.agree(step, cell, state);
      progress(Math.floor((cell * spec.steps + step) / timeline.instances.length));
    };
    const alone = rowsOf(all, instance, instanceCount(spec));
    trained.push(await trainInstance(link, instance, alone, open, { now, breathe }, reached));
  }
  const tensors = weightNames(spec.model).map((name) => joined(name, trained));
  const weights = compareWeights(link, { instances: timeline.instances, tensors });
  const cells = compareShown(link, tensors);
  const models = { trained: trained.length, of: instanceCount(spec) };
  const judged =
    seen.differing && weights.equal === weights.numbers ? OTHER_FRAMES : judge(link, true, null, weights, cells);
  return { ...judged, engine, seconds: (now() - begun) / 1_000, models, weights, cells };
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
      ({ state } = slice);
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

async function replay(
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
function startingFrom(spec: RunSpec, tensors: readonly Tensor[]): Checkpoint {
  const initial = initialCheckpoint(spec);
  const held = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return { ...initial, tensors: initial.tensors.map((tensor) => held.get(tensor.name) ?? tensor) };
}

function judge(
  link: Link,
  sameEngine: boolean,
  /** null: not all models were trained. */
  hash: string | null,
  { numbers, equal }: WeightsCompared,
  cells: readonly CellCompared[],
): Pick<Verdict, 'kind' | 'why'> {
  const { engine, result } = link;
  if (!framesOf(link).end()) return OTHER_END;
  if (equal === numbers && (hash === null || hash === result.weightsHash))
    return { kind: 'identical', why: `All ${spell(numbers)} weights are the same, bit for bit.` };
  if (sameEngine && engine.handOvers === 0)
    return {
      kind: 'different',
      why:
        equal === numbers
          ? 'The weights are the same, but their stated hash is another’s.'
          : `${engine.name} gives the same bits on every machine, and ${spell(numbers - equal)} of ${spell(numbers)} weights are others.`,
    };
  const others = cells.filter(({ same }) => !same);
  if (others.length > 0)
    return { kind: 'different', why: `${spell(others.length)} of ${spell(cells.length)} models came out differently.` };
  return {
    kind: 'same',
    why: `Another engine has other last bits. Loss within ${100 * TOLERANCES.loss}%, lengths within ${TOLERANCES.norm}, the same features and shapes.`,
  };
}

const OTHER_FRAMES = {
  kind: 'different',
  why: 'The final weights are the same, but on its way the figure shows others than were trained.',
} as const;
const OTHER_END = {
  kind: 'different',
  why: 'The figure ends in other weights than those that the link holds.',
} as const;

interface ShownFrames {
  /** The frame at `step`, if there is one, is what was trained of a cell's shown instance: the same bits. */
  readonly agree: (step: number, cell: number, state: TrainingState) => boolean;
  /** The last frame is the weights that the link holds. */
  readonly end: () => boolean;
}

function framesOf({ spec, timeline, weights }: Link): ShownFrames {
  const stacked = timeline.tensors.map(tensorOf);
  const held = weights.tensors.map(tensorOf);
  const rowAt = (tensor: Tensor, frame: number, cell: number): Float32Array =>
    rowOf(
      tensor.data,
      frame * timeline.instances.length + cell,
      weightSize(spec.model, tensor.name === 'b' ? 'b' : 'W'),
    );
  return {
    agree(step, cell, state) {
      const frame = timeline.steps.indexOf(step);
      return (
        frame < 0 ||
        stacked.every((tensor) => sameBits(rowAt(tensor, frame, cell), heldBy(state, tensor.name as WeightName)))
      );
    },
    end: () =>
      timeline.instances.every((instance, cell) => {
        const model = modelAt(spec, held, weights.instances.indexOf(instance));
        const last = timeline.steps.length - 1;
        return stacked.every((tensor) =>
          sameBits(rowAt(tensor, last, cell), present(model.get(tensor.name), tensor.name)),
        );
      }),
  };
}

const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

const spell = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** What was trained here, of these instances. */
interface Trained {
  readonly instances: readonly number[];
  readonly tensors: readonly Tensor[];
}

/** Of the instances that were trained here, and that the link holds. */
function compareWeights({ weights, spec }: Link, here: Trained): WeightsCompared {
  let [numbers, equal, largest] = [0, 0, 0];
  const places = new Map(here.instances.map((instance, place) => [instance, place]));
  for (const packed of weights.tensors) {
    const { name, data } = tensorOf(packed);
    const size = weightSize(spec.model, name === 'b' ? 'b' : 'W');
    const others = tensorNamed(here.tensors, name).data;
    data.forEach((value, at) => {
      const place = places.get(present(weights.instances[Math.floor(at / size)], 'an instance'));
      if (place === undefined) return;
      const other = others[place * size + (at % size)] ?? Number.NaN;
      numbers += 1;
      // Object.is: a weight that diverged is the same NaN, and 0 is not −0.
      if (Object.is(value, other)) equal += 1;
      else largest = Math.max(largest, Number.isNaN(value - other) ? Infinity : Math.abs(value - other));
    });
  }
  return { numbers, equal, largest };
}

const tensorNamed = (tensors: readonly Tensor[], name: string): Tensor =>
  present(
    tensors.find((tensor) => tensor.name === name),
    `tensor ${name}`,
  );

/** Trained weights of one model, [n, m] and [n]. */
type Model = ReadonlyMap<string, Float32Array>;

function compareCells(link: Link, finished: FinishedEvent, last: TrainedFrame): readonly CellCompared[] {
  const { spec, weights } = link;
  const mine = bestReplicas(finished.evaluationLoss, spec.replicas);
  const theirs = bestReplicas(lossesOf(link), spec.replicas);
  const held = weights.tensors.map(tensorOf);
  const judged = amendAll(spec, link.amendments);
  return Array.from({ length: cellCount(spec) }, (_, cell) => {
    const [here, there] = [mine, theirs].map((best) => cell * spec.replicas + (best[cell]?.replica ?? 0));
    const row = weights.instances.indexOf(there ?? 0);
    return compareModels(judged, cell, modelAt(spec, held, row), modelAt(spec, last.tensors, here ?? 0));
  });
}

/** Of each cell, the model that the link shows, and the same one trained here: row by row. */
function compareShown(link: Link, here: readonly Tensor[]): readonly CellCompared[] {
  const { spec, weights, timeline, amendments } = link;
  const held = weights.tensors.map(tensorOf);
  const judged = amendAll(spec, amendments);
  return timeline.instances.map((instance, cell) =>
    compareModels(judged, cell, modelAt(spec, held, weights.instances.indexOf(instance)), modelAt(spec, here, cell)),
  );
}

const everyInstance = (spec: RunSpec): readonly number[] =>
  Array.from({ length: instanceCount(spec) }, (_, instance) => instance);

const modelAt = ({ model }: RunSpec, tensors: readonly Tensor[], row: number): Model =>
  new Map(
    weightNames(model).map((name) => {
      const { data } = tensorNamed(tensors, name);
      return [name, rowOf(data, Math.max(0, row), weightSize(model, name))];
    }),
  );

function compareModels(spec: RunSpec, cell: number, link: Model, here: Model): CellCompared {
  const both = <T>(of: (model: Model) => T): Two<T> => ({ link: of(link), here: of(here) });
  const losses = both((model) => lossOf(spec, cell, model));
  const represented = both((model) => representedFeatures(matrixOf(model), spec.model).length);
  const shape = both((model) => shapeOf(model, spec));
  const lengths = both((model) => norms(matrixOf(model), spec.model).sort());
  const apart = lengths.link.reduce((most, norm, i) => Math.max(most, Math.abs(norm - (lengths.here[i] ?? 0))), 0);
  const same =
    Math.abs(losses.link - losses.here) <= TOLERANCES.loss * Math.max(losses.link, losses.here) &&
    represented.link === represented.here &&
    shape.link === shape.here &&
    apart <= TOLERANCES.norm;
  const { density } = cellParameters(spec, cell);
  return { cell, density, loss: losses, represented, shape, norms: apart, same };
}

/** W of a tied model, the decoder of an untied one. */
const matrixOf = (model: Model): Float32Array => present(model.get('W') ?? model.get('W2'), 'a matrix');

const shapeOf = (model: Model, spec: RunSpec): string => {
  const counts = new Map<string, number>();
  for (const { name } of polytopes(matrixOf(model), spec.model)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  return names.length === 0 ? 'nothing' : names.sort().join(' + ');
};

/** Of the fixed evaluation samples, the first so many: both models are held to the same ones. */
const SAMPLES = 16_384;
/** Multiplications that one evaluation may take, so that a large model does not keep its reader waiting. */
const EVALUATION_WORK = 40_000_000;
const CHUNK = 512;

/** Mean over features, of the first of the fixed evaluation samples: as many as there is time for. */
function lossOf(spec: RunSpec, cell: number, weights: Model): number {
  const model = modelOf(spec);
  const { keys } = evaluationSamples();
  const affordable = Math.floor(EVALUATION_WORK / (2 * model.n * model.m) / CHUNK) * CHUNK;
  const samples = Math.min(SAMPLES, Math.max(CHUNK, affordable));
  const toy: ToyWeights = toyWeights(model, (name) => Float64Array.from(present(weights.get(name), name)));
  const importance = importances(spec, cell);
  const distribution = evaluationDistribution(spec, cell);
  const x = new Float64Array(CHUNK * model.n);
  let sum = 0;
  for (let first = 0; first < samples; first += CHUNK) {
    drawSamples(x, distribution, keys, first);
    sum += loss(model, toy, importance, x);
  }
  return sum / (samples / CHUNK);
}
