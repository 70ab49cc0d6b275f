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
