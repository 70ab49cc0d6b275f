/**
 * Where a note's anchor is now. In the run that it was written in nothing has moved. In another one a cell is found by its
 * density, and a feature by what it was: by its importance where that tells it apart, else by the geometry around it. What cannot
 * be told is unanchored, and says why: a wrong place would be worse than none.
 */
import { log } from '#lib/base/ieee';
import type { CellPlace } from '#lib/spec/cells';
import type { Anchor, Role, Target } from './anchor.ts';

/** What is shown, as far as places go. */
export interface PlaceScene {
  readonly item: string;
  readonly run: string | null;
  /** Of the run. */
  readonly steps: number;
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  /** Index of the instance that is shown for a cell. */
  readonly instance: (cell: number) => number;
  /** The cell of an instance; left out where each cell has a density of its own, which tells it. */
  readonly cellOf?: (instance: number) => number;
  /** The one cell that has these numbers; null: none has, or several. Left out where only densities are known. */
  readonly cellAt?: (place: CellPlace) => number | null;
  /** [n] roles in a cell's model; null while it is forming: nothing in it can be told apart yet. */
  readonly roles: (cell: number) => readonly Role[] | null;
  /** Between two features of a cell's model, once its roles are known. */
  readonly cosine: (cell: number, i: number, j: number) => number;
  readonly parameters: readonly string[];
}

export type Placement =
  | {
      readonly state: 'placed';
      readonly cell: number;
      /** With the numbers that its features have here. */
      readonly target: Target;
      /** Found again in another model than it was written on. */
      readonly carried: boolean;
      /** What has become of it, in words; null: what it was. */
      readonly change: string | null;
    }
  /** The model is still forming. */
  | { readonly state: 'waiting' }
  /** Of another experiment of the agenda. */
  | { readonly state: 'elsewhere' }
  | { readonly state: 'unanchored'; readonly why: string };

const unanchored = (why: string): Placement => ({ state: 'unanchored', why });

export function placeAnchor(anchor: Anchor, scene: PlaceScene): Placement {
  if (anchor.item !== scene.item) return { state: 'elsewhere' };
  const { target } = anchor;
  if (target.kind === 'parameter') return placeParameter(target, scene);
  const found = cellOfAnchor(anchor, scene);
  const ofMap = anchor.figure === 'map' && (target.kind === 'region' || target.kind === 'axis');
  if (ofMap && scene.cellOf === undefined) return unanchored('This run is no diagram.');
  // A region of a diagram is in its axes' units: it is there also where no cell has quite these numbers.
  const cell = ofMap && typeof found === 'string' ? 0 : found;
  if (typeof cell === 'string') return unanchored(cell);
  const sameRun = anchor.run === scene.run;
  const same = sameRun && anchor.instance === scene.instance(cell);
  const placed = (now: Target, change: string | null = null): Placement => ({
    state: 'placed',
    cell,
    target: now,
    carried: !same,
    change,
  });
  switch (target.kind) {
    case 'cell':
    case 'axis':
      return placed(target);
    case 'step':
      if ((anchor.step ?? 0) > scene.steps) return unanchored('This run ends before its step.');
      return placed(target);
    case 'region':
      // Hidden space is turned freely from model to model: a place in it means nothing in another.
      if (anchor.figure === 'directions' && !same) return unanchored('A region of hidden space is of one model alone.');
      return placed(target);
    case 'feature':
    case 'pair': {
      if (same) return placed(target);
      const roles = scene.roles(cell);
      if (roles === null) return { state: 'waiting' };
      if (target.kind === 'feature') return placeFeature(target, roles, placed);
      return placePair(target, roles, (i, j) => scene.cosine(cell, i, j), placed);
    }
  }
}

type Of<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>;
type Placed = (target: Target, change: string | null) => Placement;

function placeParameter(target: Of<'parameter'>, { parameters }: PlaceScene): Placement {
  return parameters.includes(target.parameter)
    ? { state: 'placed', cell: 0, target, carried: false, change: null }
    : unanchored('This experiment has no such parameter.');
}

/** As a share of the density: half of the finest spacing that people use. */
const SAME_DENSITY = 0.05;

/** The cell that it was written on, else the one nearest to its density; or why there is none that is near enough to be called the same. */
function cellOfAnchor({ run, instance, density, axes }: Anchor, scene: PlaceScene): number | string {
  const { densities, cellOf, cellAt } = scene;
  const far = (cell: number): number => Math.abs(log((densities[cell] ?? NaN) / density));
  const own = run === scene.run ? cellOf?.(instance) : undefined;
  if (own !== undefined && far(own) <= SAME_DENSITY) return own;
  if (axes !== undefined && cellAt !== undefined)
    return cellAt({ ...axes, density }) ?? 'No model of this run has its place in the diagram.';
  const nearest = densities.reduce((best, _, cell) => (far(cell) < far(best) ? cell : best), 0);
  if (!(far(nearest) <= SAME_DENSITY)) return 'No model of this run has its density.';
  const isOneOfMany = cellOf !== undefined && densities.filter((p) => p === densities[nearest]).length > 1;
  return isOneOfMany ? 'Several models of this run have its density.' : nearest;
}

function placeFeature(target: Of<'feature'>, roles: readonly Role[], placed: Placed): Placement {
  const feature = findFeature(target.role, target.feature, roles);
  if (typeof feature === 'string') return unanchored(feature);
  const role = roles[feature] ?? target.role;
  return placed({ kind: 'feature', feature, role }, changeOf(target.role, role));
}

/** How far the cosine between two features may be off: a square is no pentagon, and a pentagon that trained badly is still one. */
const SAME_COSINE = 0.2;

/** Of all pairs that could be it, the one whose features are to each other as they were. */
function placePair(
  target: Of<'pair'>,
  roles: readonly Role[],
  cosine: (i: number, j: number) => number,
  placed: Placed,
): Placement {
  const [firsts, seconds] = target.roles.map((role) => candidates(role, roles)) as [Candidates, Candidates];
  if (typeof firsts === 'string') return unanchored(firsts);
  if (typeof seconds === 'string') return unanchored(seconds);
  const pairs = firsts.flatMap((i) => seconds.flatMap((j) => (i === j ? [] : [[i, j] as const])));
  const off = ([i, j]: readonly [number, number]): number => Math.abs(cosine(i, j) - target.cosine);
  const least = Math.min(...pairs.map(off));
  const best = pairs.filter((pair) => off(pair) <= least + ALIKE);
  const found = best.find(([i, j]) => i === target.features[0] && j === target.features[1]) ?? best[0];
  if (found === undefined) return unanchored('Only one feature here is like the two.');
  const told = firsts.length === 1 && seconds.length === 1;
  if (least > SAME_COSINE && !told) return unanchored('No two features here are to each other as these were.');
  const [a = target.roles[0], b = target.roles[1]] = found.map((i) => roles[i]);
  const change = least > SAME_COSINE ? 'Here they are at another angle.' : null;
  return placed(
    { kind: 'pair', features: found, roles: [a, b], cosine: cosine(...found) },
    changeOf(target.roles[0], a) ?? changeOf(target.roles[1], b) ?? change,
  );
}

/** Two importances nearer than this, as a share, do not tell features apart: training does not either. */
const SAME_IMPORTANCE = 0.02;

/** How far the share of a dimension may be off in the same shape. */
const SAME_SHARE = 0.15;

/**
 * The feature that was `role`: the one with its importance, and where several have it, the one whose surroundings are most like
 * it was. Among several that are alike in everything, the one with its number, since any is as right. Else why there is none.
 */
export function findFeature(role: Role, number: number, roles: readonly Role[]): number | string {
  const found = candidates(role, roles);
  if (typeof found === 'string') return found;
  return found.includes(number) ? number : (found[0] ?? 'No feature here is what it was.');
}

/** Features that nothing tells apart as what `role` was; or why there is none. */
type Candidates = readonly number[] | string;

function candidates(role: Role, roles: readonly Role[]): Candidates {
  const alike = roles.flatMap((other, i) =>
    Math.abs(log(other.importance / role.importance)) < SAME_IMPORTANCE ? [i] : [],
  );
  if (alike.length === 0) return 'No feature here has its importance.';
  if (alike.length === 1) return alike;
  const distance = (i: number): number => distanceBetween(role, roles[i]);
  const least = Math.min(...alike.map(distance));
  if (least === Infinity) return 'Features of its importance are alike here, and none is what it was.';
  return alike.filter((i) => distance(i) <= least + ALIKE);
}

/** Largest difference of cosines by which two surroundings are still taken as one: shapes that are trained are not exact. */
const ALIKE = 0.05;

/** The largest difference between the cosines around two features; ∞ where they are not the same thing. */
function distanceBetween(a: Role, b: Role | undefined): number {
  if (b === undefined || a.shape !== b.shape || a.cosines.length !== b.cosines.length) return Infinity;
  if (a.shape === null) return 0;
  if (Math.abs(a.share - b.share) > SAME_SHARE) return Infinity;
  return a.cosines.reduce((most, cosine, k) => Math.max(most, Math.abs(cosine - (b.cosines[k] ?? 0))), 0);
}

function changeOf(before: Role, now: Role): string | null {
  if (before.shape === now.shape) return null;
  if (now.shape === null) return 'It is not represented here.';
  return before.shape === null ? `Here it is represented, in a ${now.shape}.` : `Here it is in a ${now.shape}.`;
}
