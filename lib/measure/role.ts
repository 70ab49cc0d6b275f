/**
 * What a feature is in its model, whatever number it has and however hidden space is turned (paper, "The Geometry of
 * Superposition"): by it a feature of one run is found again in another.
 */
import { square } from '#lib/base/ieee';
import { at, type Numbers } from '#lib/base/matrix';
import { REPRESENTED_NORM, SMALLEST_NORM } from './norms.ts';
import { polytopesByAngle, type Cosine } from './polytope.ts';

export interface FeatureRole {
  /** I_i of the loss */
  readonly importance: number;
  /** ‖W_i‖ */
  readonly norm: number;
  /** D_i: the share of a dimension that it has. */
  readonly share: number;
  /** The polytope that it is a corner of; null: it is not represented. */
  readonly shape: string | null;
  /** Cosines to the other represented features, ascending. */
  readonly cosines: readonly number[];
}

/** Cosines kept: those of the nearest to its line, on either side. */
const COSINES = 12;

/** gram [n, n] with W_i · W_j, importance [n] → [n] */
export function featureRoles(gram: Numbers, importance: Numbers): readonly FeatureRole[] {
  const n = importance.length;
  const norms = Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, at(gram, i * n + i))));
  const cosine: Cosine = (i, j) => at(gram, i * n + j) / (length(norms, i) * length(norms, j));
  const represented = norms.flatMap((norm, i) => (norm > REPRESENTED_NORM ? [i] : []));
  const polytopes = polytopesByAngle(cosine, represented);
  return norms.map((norm, i) => ({
    importance: at(importance, i),
    norm,
    share: shareOf(gram, n, i),
    shape: polytopes.find(({ features }) => features.includes(i))?.name ?? null,
    cosines: strongest(represented.filter((j) => j !== i).map((j) => cosine(i, j))),
  }));
}

const length = (norms: readonly number[], i: number): number => Math.max(norms[i] ?? 0, SMALLEST_NORM);

/** ‖W_i‖² / Σ_j (Ŵ_i · W_j)², as `dimensionality` has it. */
function shareOf(gram: Numbers, n: number, i: number): number {
  const squared = at(gram, i * n + i);
  let sum = 0;
  for (let j = 0; j < n; j++) sum += square(at(gram, i * n + j));
  return square(squared) / Math.max(sum, square(square(SMALLEST_NORM)));
}

const strongest = (cosines: readonly number[]): readonly number[] =>
  cosines
    .toSorted((a, b) => Math.abs(b) - Math.abs(a))
    .slice(0, COSINES)
    .toSorted((a, b) => a - b);
