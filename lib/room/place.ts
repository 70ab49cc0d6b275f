/**
 * Where a note's anchor is now. In the run that it was written in nothing has moved. In another one a cell is found by its
 * density, and a feature by what it was: by its importance where that tells it apart, else by the geometry around it. What cannot
 * be told is unanchored, and says why: a wrong place would be worse than none.
 */
import { log } from '#lib/base/ieee';
import type { CellParameters, CellPlace } from '#lib/spec/cells';
import type { AXES } from '#lib/spec/spec';
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
  /** A cell's numbers. Left out where only densities are known. */
  readonly parametersOf?: (cell: number) => CellParameters;
  /** Where the models are the cells of a map. */
  readonly map?: MapPlace;
  /** [n] roles in a cell's model; null while it is forming: nothing in it can be told apart yet. */
  readonly roles: (cell: number) => readonly Role[] | null;
  /** Between two features of a cell's model, once its roles are known. */
  readonly cosine: (cell: number, i: number, j: number) => number;
  readonly parameters: readonly string[];
}

/** A map, as far as regions of it and its axes go. */
export interface MapPlace {
  readonly over: readonly (typeof AXES)[number][];
  /** Regions are in its axes' values: on any other map of these they mean the same. Else cells are counted. */
  readonly inValues: boolean;
  /** At least a part of a region is on it. */
  readonly holds: (region: Pick<Of<'region'>, 'from' | 'to'>) => boolean;
}

export type Placement =
  | {
      readonly state: 'placed';
      /** null: it speaks of no model. */
      readonly cell: number | null;
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
  if (anchor.figure === 'map' && (target.kind === 'region' || target.kind === 'axis'))
    return placeOnMap(anchor, target, scene);
  const cell = cellOfAnchor(anchor, scene);
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
      const share = importanceOfLast(anchor, scene, cell);
      if (target.kind === 'feature') return placeFeature(withShare(target, roles, share), roles, placed);
      return placePair(pairWithShare(target, roles, share), roles, (i, j) => scene.cosine(cell, i, j), placed);
    }
  }
}

type Of<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>;
type Placed = (target: Target, change: string | null) => Placement;

function placeParameter(target: Of<'parameter'>, { parameters }: PlaceScene): Placement {
  return parameters.includes(target.parameter)
    ? { state: 'placed', cell: null, target, carried: false, change: null }
    : unanchored('This experiment has no such parameter.');
}

/** Of a diagram's region, and of its axes, which are there whatever models it has. */
function placeOnMap(anchor: Anchor, target: Of<'region'> | Of<'axis'>, { run, map }: PlaceScene): Placement {
  if (map === undefined) return unanchored('This run is no diagram.');
  const over = Object.keys(anchor.axes ?? { density: anchor.density });
  if ([...over].sort().join() !== [...map.over].sort().join()) return unanchored('This diagram has other axes.');
  const carried = anchor.run !== run;
  if (target.kind === 'region') {
    if (carried && !map.inValues)
      return unanchored('This diagram counts its cells: a region of another has no place in it.');
    if (!map.holds(target)) return unanchored('It is beyond the ends of this diagram.');
  }
  return { state: 'placed', cell: null, target, carried, change: null };
}

/** What the last feature matters here, against what it did there: a diagram may vary it, and a cell that is near is not the same. */
function importanceOfLast({ axes }: Anchor, { parametersOf }: PlaceScene, cell: number): number {
  const here = parametersOf?.(cell).relativeImportance;
  return axes?.relativeImportance === undefined || here === undefined ? 1 : here / axes.relativeImportance;
}

/** What that feature would have been here. */
const roleWithShare = (role: Role, feature: number, roles: readonly Role[], share: number): Role =>
  feature === roles.length - 1 ? { ...role, importance: role.importance * share } : role;

const withShare = (target: Of<'feature'>, roles: readonly Role[], share: number): Of<'feature'> => ({
  ...target,
  role: roleWithShare(target.role, target.feature, roles, share),
});

function pairWithShare(target: Of<'pair'>, roles: readonly Role[], share: number): Of<'pair'> {
  const [a, b] = target.roles;
  const [i, j] = target.features;
  return { ...target, roles: [roleWithShare(a, i, roles, share), roleWithShare(b, j, roles, share)] };
}

/** As a share of the density: half of the finest spacing that people use. */
const SAME_DENSITY = 0.05;

/** The cell that it was written on, else the one nearest to its density; or why there is none that is near enough to be called the same. */
function cellOfAnchor({ run, instance, density, axes }: Anchor, scene: PlaceScene): number | string {
  const { densities, cellOf, cellAt, parametersOf } = scene;
  const far = (cell: number): number => Math.abs(log((densities[cell] ?? NaN) / density));
  const own = run === scene.run ? cellOf?.(instance) : undefined;
  if (own !== undefined && far(own) <= SAME_DENSITY && isAlike(axes, parametersOf?.(own))) return own;
  if (axes !== undefined && cellAt !== undefined)
    return cellAt({ ...axes, density }) ?? 'No model of this run has its place in the diagram.';
  const nearest = nearestTo(density, densities);
  if (!(far(nearest) <= SAME_DENSITY)) return 'No model of this run has its density.';
  const isOneOfMany = cellOf !== undefined && densities.filter((p) => p === densities[nearest]).length > 1;
  return isOneOfMany ? 'Several models of this run have its density.' : nearest;
}

/** As the logarithm's size grows, so does the larger of two ratios: a fine diagram has 40,000 cells. */
function nearestTo(density: number, densities: readonly number[]): number {
  let [nearest, least] = [0, Infinity];
  densities.forEach((other, cell) => {
    const ratio = Math.max(other / density, density / other);
    if (ratio < least) [nearest, least] = [cell, ratio];
  });
  return nearest;
}

const isAlike = (axes: Anchor['axes'], here: CellParameters | undefined): boolean =>
  axes === undefined ||
  here === undefined ||
  Object.entries(axes).every(([over, value]) => {
    const other = here[over as keyof CellParameters];
    return value === other || Math.abs(log(value / other)) <= SAME_DENSITY;
  });

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
