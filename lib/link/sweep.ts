/**
 * A sweep (`lib/spec/tiles`) in a link: the end of its cells, and nothing of the way there. Of each cell the best model's weights stand
 * in the link, with its loss; norms and superposition are measured of them again, into the frames that a room keeps of its tiles.
 */
import { present } from '#lib/base/assert';
import type { RunId } from '#lib/base/id';
import { rowOf } from '#lib/base/matrix';
import { ok, refuse, type Result } from '#lib/base/result';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { weightNames } from '#lib/model/toy';
import type { Frame } from '#lib/runs/frame';
import { summarise, sweepMap, TILE_LOSS, type SweepMap } from '#lib/runs/sweep-frame';
import type { Tensor } from '#lib/runs/tensor-pack';
import { axisLength, cellCount } from '#lib/spec/cells';
import { RUN_LIMITS } from '#lib/spec/limits';
import type { RunSpec } from '#lib/spec/spec';
import { holdsWeights, sweepStep, tilesOf, weightsOfInstance } from '#lib/spec/tiles';
import { LINK_LIMITS } from './limits.ts';
import type { Link, LinkResult, LinkWeights } from './link.ts';
import { packTensor, tensorOf } from './pack.ts';

interface SweepEnd {
  readonly weights: LinkWeights;
  readonly evaluationLoss: LinkResult['evaluationLoss'];
}

/** A finished sweep's kept frames → what its link holds; or why it cannot. */
export function endOfSweep(spec: RunSpec, frames: readonly Frame[]): Result<SweepEnd> {
  if (!holdsWeights(spec)) return NOT_HELD;
  const numbers = cellCount(spec) * weightsOfInstance(spec);
  if (numbers > LINK_LIMITS.sweepWeights || cellCount(spec) > LINK_LIMITS.cells) return tooMany(numbers);
  const kept = frames.filter((frame) => frame.kept).toSorted((a, b) => a.from - b.from);
  const tensors = weightNames(spec.model).map((name) => joined(name, kept));
  if (tensors.some(({ shape: [cells] }) => cells !== cellCount(spec))) return FORGOTTEN_CELLS;
  const { replica, loss } = sweepMap(spec, kept);
  // Whoever trained it said which: it may be anybody.
  if (!replica.every((best) => Number.isInteger(best) && best >= 0 && best < spec.replicas)) return FORGOTTEN_CELLS;
  return ok({
    weights: {
      instances: Array.from(replica, (best, cell) => cell * spec.replicas + best),
      tensors: tensors.map(packTensor),
    },
    evaluationLoss: Array.from(loss, (value) => (Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null)),
  });
}

/** A room keeps three of a sweep's losses. */
const DIGITS = 4;

const NOT_HELD = refuse(
  'conflict',
  `A link keeps each cell’s best model, and of a sweep those with more than ${RUN_LIMITS.cellWeights} weights are not kept: take fewer features or hidden dimensions.`,
  'run',
);
const FORGOTTEN_CELLS = refuse(
  'conflict',
  'The room does not have the models of all cells. Run it again with the same seed, and make the link then.',
  'run',
);
const tooMany = (numbers: number): Result<never> =>
  refuse(
    'limit',
    `The best models of this sweep have ${numbers} weights, and a link holds ${LINK_LIMITS.sweepWeights} in ${LINK_LIMITS.cells} cells: take fewer cells, features or hidden dimensions.`,
    'run',
  );

/** [cells, …] of each tile → of all */
function joined(name: string, frames: readonly Frame[]): Tensor {
  const parts = frames.flatMap(({ tensors }) => tensors.filter((tensor) => tensor.name === name));
  const [, ...each] = parts[0]?.shape ?? [];
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let end = 0;
  for (const part of parts) {
    data.set(part.data, end);
    end += part.data.length;
  }
  return { name, shape: [parts.reduce((sum, { shape: [cells = 0] }) => sum + cells, 0), ...each], data };
}

/** A link of a sweep → the last frame of each of its tiles, as its room kept them. None of a glance. */
export function sweepFrames({ run, spec, weights, result }: Link): readonly Frame[] {
  if (weights.instances.length !== cellCount(spec)) return [];
  const held = [...weights.tensors.map(tensorOf), lossesOf(result)];
  const tiles = tilesOf(spec);
  return tiles.map(({ first, count }, tile) => {
    const step = sweepStep(spec, tiles.length, tile + 1, 0);
    const tensors = held.map((tensor) => cellsOf(tensor, first, count));
    // One model of each cell is here, the best.
    const { tensors: summary } = summarise(
      { ...spec, replicas: 1 },
      { step, from: first, kept: true, tensors },
      MEASURES,
    );
    const replica = Float32Array.from(weights.instances.slice(first, first + count), (best) => best % spec.replicas);
    return {
      ...{ run: run as RunId, lease: 1, seq: tile, step, from: first, kept: true },
      tensors: summary.map((tensor) => (tensor.name === 'replica' ? { ...tensor, data: replica } : tensor)),
    };
  });
}

const MEASURES = { norms, superposition };

/** [cells] */
const lossesOf = ({ evaluationLoss }: LinkResult): Tensor => ({
  name: TILE_LOSS,
  shape: [evaluationLoss.length],
  data: Float32Array.from(evaluationLoss, (loss) => loss ?? Number.NaN),
});

/** [cells, …] → [count, …], a view */
function cellsOf({ name, shape: [cells = 1, ...each], data }: Tensor, first: number, count: number): Tensor {
  const size = data.length / cells;
  return { name, shape: [count, ...each], data: data.subarray(first * size, (first + count) * size) };
}

/** The cells of a glance: a coarser diagram. */
export function glancedWeights({ spec, weights }: Link): LinkWeights {
  const cells = glancedCells(spec, glanceStride(spec));
  return {
    instances: cells.map((cell) => weights.instances[cell] ?? 0),
    tensors: weights.tensors.map((packed) => packTensor(rowsOf(tensorOf(packed), cells))),
  };
}

/** [cells, …] → [k, …] */
function rowsOf({ name, shape: [count = 1, ...each], data }: Tensor, rows: readonly number[]): Tensor {
  const size = data.length / count;
  const chosen = new Float32Array(rows.length * size);
  rows.forEach((row, k) => {
    chosen.set(rowOf(data, row, size), k * size);
  });
  return { name, shape: [rows.length, ...each], data: chosen };
}

/** Every so many rows and columns a cell is in a link's glance. */
function glanceStride(spec: RunSpec): number {
  const affordable = LINK_LIMITS.glance / weightsOfInstance(spec);
  const columns = columnsOf(spec);
  const rows = cellCount(spec) / columns;
  let stride = 1;
  while (Math.ceil(columns / stride) * Math.ceil(rows / stride) > affordable) stride += 1;
  return stride;
}

/** Ascending. */
function glancedCells(spec: RunSpec, stride: number): readonly number[] {
  const columns = columnsOf(spec);
  return Array.from({ length: cellCount(spec) }, (_, cell) => cell).filter(
    (cell) => (cell % columns) % stride === 0 && Math.floor(cell / columns) % stride === 0,
  );
}

/** Along the last axis. */
const columnsOf = ({ axes }: RunSpec): number => {
  const across = axes.at(-1);
  return across === undefined ? 1 : axisLength(across);
};

/** The diagram of a link of a sweep: of a glance, each cell as the nearest before it that is there. */
export function mapOfSweep(link: Link, frames = sweepFrames(link)): SweepMap {
  return frames.length > 0 ? sweepMap(link.spec, frames) : spread(link.spec, glancedMap(link));
}

/** Of the cells alone that a glance has. */
function glancedMap({ spec, weights }: Link): Measured {
  const tensors = weights.tensors.map(tensorOf);
  const measured = summarise({ ...spec, replicas: 1 }, { step: spec.steps, from: 0, kept: true, tensors }, MEASURES);
  const of = (wanted: keyof Measured): Float32Array =>
    present(
      measured.tensors.find(({ name }) => name === wanted),
      wanted,
    ).data;
  return { norm: of('norm'), superposition: of('superposition') };
}

type Measured = Pick<SweepMap, 'norm' | 'superposition'>;

function spread(spec: RunSpec, { norm, superposition: shared }: Measured): SweepMap {
  const { n } = spec.model;
  const [stride, columns] = [glanceStride(spec), columnsOf(spec)];
  const across = Math.ceil(columns / stride);
  const map = sweepMap(spec, []);
  for (let cell = 0; cell < map.done.length; cell++) {
    const at = across * Math.floor(Math.floor(cell / columns) / stride) + Math.floor((cell % columns) / stride);
    map.norm.set(norm.subarray(at * n, (at + 1) * n), cell * n);
    map.superposition.set(shared.subarray(at * n, (at + 1) * n), cell * n);
    map.done[cell] = 1;
  }
  return map;
}
