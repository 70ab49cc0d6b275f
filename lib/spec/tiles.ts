/**
 * A sweep: a run of more models than are trained side by side. Its cells are cut into ranges, its tiles, each trained from its first step
 * to its last before the next: memory is bounded by a tile, and a phase diagram fills in range by range. A tile is a spec of its
 * own, the same run seen through a window of its cells, so that an engine trains it like any other, to the same numbers.
 */
import { weightNames, weightSize } from '#lib/model/toy';
import { cellCount, instanceCount } from './cells.ts';
import { RUN_LIMITS } from './limits.ts';
import type { CellWindow, RunSpec } from './spec.ts';

/** A tile is none, however many cells its run has. */
export const isSweep = (spec: RunSpec): boolean =>
  spec.window === undefined && instanceCount(spec) > RUN_LIMITS.instances;

/** The cells of each tile, ascending; of an ordinary run one, with all of them. A tile holds whole cells, at least one. Of a spec that was checked. */
export const tilesOf = (spec: RunSpec): readonly CellWindow[] =>
  Array.from({ length: tileCount(spec) }, (_, tile) => tileAt(spec, tile));

/** Of any spec, however many there would be. */
export const tileCount = (spec: RunSpec): number => Math.ceil(cellCount(spec) / mostCells(spec));

function tileAt(spec: RunSpec, tile: number): CellWindow {
  const most = mostCells(spec);
  return { first: tile * most, count: Math.min(most, cellCount(spec) - tile * most) };
}

const mostCells = (spec: RunSpec): number => (isSweep(spec) ? cellsOfTile(spec) : cellCount(spec));

/**
 * Bytes that a cell takes in a tile's last frame: norm and superposition of each feature, the loss and which replica it is, two bytes
 * each, and of a small model its weights.
 */
const frameBytes = (spec: RunSpec): number =>
  2 * (2 * spec.model.n + 2) + (holdsWeights(spec) ? 4 * weightsOfInstance(spec) : 0);

/** True of a sweep whose cells' best models are kept, and not only what they measure. */
export const holdsWeights = (spec: RunSpec): boolean => weightsOfInstance(spec) <= RUN_LIMITS.cellWeights;

function cellsOfTile(spec: RunSpec): number {
  const byInstances = RUN_LIMITS.instances / spec.replicas;
  const byWeights = RUN_LIMITS.weights / (spec.replicas * weightsOfInstance(spec));
  const byFrame = RUN_LIMITS.tileFrame / frameBytes(spec);
  return Math.max(1, Math.floor(Math.min(byInstances, byWeights, byFrame)));
}

/** Numbers of one model. */
export const weightsOfInstance = ({ model }: RunSpec): number =>
  weightNames(model).reduce((count, name) => count + weightSize(model, name), 0);

/** The spec of those cells alone. */
export const tileSpec = (spec: RunSpec, window: CellWindow): RunSpec => ({ ...spec, window });

/** What is trained side by side at most: the first tile of a sweep, else the run itself. */
export const largestTile = (spec: RunSpec): RunSpec => (isSweep(spec) ? tileSpec(spec, tileAt(spec, 0)) : spec);

/** Steps of the whole sweep, `step` steps into a tile: of each model in the mean, rounded down. Grows from 0 to `spec.steps`. */
export const sweepStep = (spec: RunSpec, tiles: number, tile: number, step: number): number =>
  Math.floor((tile * spec.steps + step) / tiles);

/** Steps into a tile at which the sweep has come to `target`; at most those of the run. */
export const stepInTile = (spec: RunSpec, tiles: number, tile: number, target: number): number =>
  Math.min(spec.steps, target * tiles - tile * spec.steps);
