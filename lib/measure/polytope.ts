/** The shapes that features make (paper, "The Geometry of Superposition", feature graphs and tegum products), by name. */
import { symmetricEigen } from '#lib/base/eigen';
import { square } from '#lib/base/ieee';
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';
import { representedFeatures, unitRows } from './norms.ts';

/** Represented features that are connected by the graph; each spans dimensions of its own, or nearly so. */
export interface Polytope {
  /** Ascending. */
  readonly features: readonly number[];
  /** Dimensions they span. */
  readonly rank: number;
  readonly name: string;
}

/** |cos| above which two features share an edge: in a tetrahedron it is 1/3, between tegum factors about 0. */
export const EDGE_COSINE = 0.2;

/** A singular value of the unit vectors above this counts as a dimension. */
const RANK_THRESHOLD = 0.3;

const POLYGONS: Readonly<Record<number, string>> = {
  3: 'triangle',
  4: 'square',
  5: 'pentagon',
  6: 'hexagon',
  7: 'heptagon',
  8: 'octagon',
};

/** W [n, m] → the polytopes of its represented features, in order of their first feature. */
export function polytopes(W: Numbers, shape: Shape): readonly Polytope[] {
  const unit = unitRows(W, shape);
  return polytopesByAngle((i, j) => dotRows(unit, i, unit, j, shape.m), representedFeatures(W, shape));
}

/** The cosine between features i and j, 1 where they are one. */
export type Cosine = (i: number, j: number) => number;

/** The polytopes of `features`, ascending, of which only the angles are known. */
export function polytopesByAngle(cosine: Cosine, features: readonly number[]): readonly Polytope[] {
  return components(cosine, features).map((members) => {
    const rank = rankOf(cosine, members);
    return { features: members, rank, name: polytopeName(members.length, rank) };
  });
}

/** k features that span d dimensions → what such a shape is called where the paper's models form it. */
export function polytopeName(k: number, d: number): string {
  if (k === 1) return 'dedicated dimension';
  if (k === 2 && d === 1) return 'digon';
  if (d === 2 && k > 2) return POLYGONS[k] ?? `${k}-gon`;
  if (k === 4 && d === 3) return 'tetrahedron';
  if (k === 8 && d === 3) return 'square antiprism';
  if (k === d + 1) return `${d}-simplex`;
  return `${k} features in ${d} ${d === 1 ? 'dimension' : 'dimensions'}`;
}

/** Two represented features that share directions. */
export interface Edge {
  readonly features: readonly [number, number];
  /** Of the angle between them. */
  readonly cosine: number;
  /** |W_i · W_j|, what one's activity adds to the other's output. */
  readonly interference: number;
}

/** W [n, m] → the feature graph: edges whose |cos| is above `EDGE_COSINE`, i < j. Its components are the polytopes. */
export function interferenceGraph(W: Numbers, shape: Shape): readonly Edge[] {
  const unit = unitRows(W, shape);
  const represented = representedFeatures(W, shape);
  return represented.flatMap((i) =>
    represented
      .filter((j) => j > i)
      .map((j): Edge => ({
        features: [i, j],
        cosine: dotRows(unit, i, unit, j, shape.m),
        interference: Math.abs(dotRows(W, i, W, j, shape.m)),
      }))
      .filter(({ cosine }) => Math.abs(cosine) > EDGE_COSINE),
  );
}

/** What polytopes make together in three dimensions or two, by the sorted names of the factors. Elsewhere products have no name. */
const PRODUCTS: Readonly<Record<string, string>> = {
  'digon, digon': 'square',
  'digon, digon, digon': 'octahedron',
  'digon, triangle': 'triangular bipyramid',
  'digon, pentagon': 'pentagonal bipyramid',
  'digon, hexagon': 'hexagonal bipyramid',
};

/** The name of all of a model's polytopes together, where they have one: "pentagonal bipyramid". W [n, m]. */
export function arrangementName(W: Numbers, shape: Shape): string | undefined {
  const names = polytopes(W, shape).map(({ name }) => name);
  if (names.length === 1) return names[0];
  return PRODUCTS[names.sort().join(', ')];
}

/** Connected components of the graph of `features`, each ascending. */
function components(cosine: Cosine, features: readonly number[]): readonly (readonly number[])[] {
  const left = new Set(features);
  return features.flatMap((first) => {
    if (!left.delete(first)) return [];
    const component = [first];
    // The list grows while it is walked: each member brings its neighbours that nobody brought before.
    for (const i of component)
      for (const j of left)
        if (Math.abs(cosine(i, j)) > EDGE_COSINE) {
          left.delete(j);
          component.push(j);
        }
    return [component.sort((a, b) => a - b)];
  });
}

function rankOf(cosine: Cosine, features: readonly number[]): number {
  const angles = Float64Array.from(features.flatMap((i) => features.map((j) => cosine(i, j))));
  const { values } = symmetricEigen(angles, features.length);
  return values.filter((value) => value > square(RANK_THRESHOLD)).length;
}
