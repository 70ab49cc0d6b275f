/** What a link holds beside what was trained here: bit by bit, and model by model. Loss and measures are taken from the weights themselves. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { norms, representedFeatures } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { drawSamples } from '#lib/model/data';
import { loss, toyWeights, weightNames, weightSize, type ToyWeights } from '#lib/model/toy';
import { bestReplicas } from '#lib/runs/best';
import type { FinishedEvent, TrainedFrame } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { cellCount, cellParameters, importances } from '#lib/spec/cells';
import { amendAll } from '#lib/spec/change';
import { evaluationDistribution, evaluationSamples, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import type { Link } from './link.ts';
import { lossesOf } from './open.ts';
import { tensorOf } from './pack.ts';

/** Within these two models are the same solution. */
export const TOLERANCES = {
  /** of the evaluation loss, as a share: neighbouring minima of the paper's models differ by more */
  loss: 0.03,
  /** of each ‖W_i‖, the features sorted by it: the last steps of a constant rate scatter them by less */
  norm: 0.1,
} as const;

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

/** What was trained here, of these instances. */
interface Trained {
  readonly instances: readonly number[];
  readonly tensors: readonly Tensor[];
}

/** Of the instances that were trained here, and that the link holds. */
export function compareWeights({ weights, spec }: Link, here: Trained): WeightsCompared {
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

export function compareCells(link: Link, finished: FinishedEvent, last: TrainedFrame): readonly CellCompared[] {
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
export function compareShown(link: Link, here: readonly Tensor[]): readonly CellCompared[] {
  const { spec, weights, timeline, amendments } = link;
  const held = weights.tensors.map(tensorOf);
  const judged = amendAll(spec, amendments);
  return timeline.instances.map((instance, cell) =>
    compareModels(judged, cell, modelAt(spec, held, weights.instances.indexOf(instance)), modelAt(spec, here, cell)),
  );
}

/** Of a cell of a sweep, the model that the link holds, and the best one trained here. `held`: the link's weights. */
export const compareBest = (
  { spec }: Link,
  held: readonly Tensor[],
  cell: number,
  here: readonly Tensor[],
): CellCompared => compareModels(spec, cell, modelAt(spec, held, cell), modelAt(spec, here, 0));

export const modelAt = ({ model }: RunSpec, tensors: readonly Tensor[], row: number): Model =>
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
