/**
 * Which features are active together (paper, "Correlated and Anticorrelated Feature Sets"): the law of the data, and all its
 * sparsity patterns. An active feature is uniform in [0, 1); that part is not here but in cube.ts, so that the same integrals
 * can be weighed by other densities.
 */

/** Features that one draw switches on together. A feature by itself is a set of one. */
export interface FeatureSet {
  /** correlated: all members are active at once. anticorrelated: exactly one, each as likely as the others. */
  readonly kind: 'correlated' | 'anticorrelated';
  readonly members: readonly number[];
  /** How likely the set is active. A member of an anticorrelated set of k has density / k. */
  readonly density: number;
}

/** Each feature is in exactly one set; sets are independent. */
export type Law = readonly FeatureSet[];

/** Independent features with densities [n]. */
export const independent = (densities: Iterable<number>): Law =>
  Array.from(densities, (density, i) => ({ kind: 'correlated', members: [i], density }));

/** n independent features, all of one density. */
export const uniformLaw = (n: number, density: number): Law => independent(new Array<number>(n).fill(density));

/** Consecutive features in sets of `size`. */
export const setsOf = (kind: FeatureSet['kind'], count: number, size: number, density: number): Law =>
  Array.from({ length: count }, (_, set) => ({
    kind,
    members: Array.from({ length: size }, (_, member) => set * size + member),
    density,
  }));

/** Which features are active, ascending, and how likely that is. */
export interface Pattern {
  readonly active: readonly number[];
  readonly probability: number;
}

/** More patterns than this are too many to enumerate: twelve independent features. */
export const MOST_PATTERNS = 4_096;

export const countPatterns = (law: Law): number => law.reduce((product, set) => product * (1 + waysOn(set).length), 1);

/** Every pattern of the law; their probabilities sum to 1. Laws of the same sets have them in the same order. */
export function patterns(law: Law): readonly Pattern[] {
  const count = countPatterns(law);
  if (count > MOST_PATTERNS)
    throw new RangeError(
      `${count} sparsity patterns are more than ${MOST_PATTERNS}: take fewer independent features, or estimate the loss on samples.`,
    );
  return law.reduce<readonly Pattern[]>(
    (all, set) =>
      all.flatMap(({ active, probability }) => [
        { active, probability: probability * (1 - set.density) },
        ...waysOn(set).map((members) => ({
          active: [...active, ...members].sort((a, b) => a - b),
          probability: (probability * set.density) / waysOn(set).length,
        })),
      ]),
    [{ active: [], probability: 1 }],
  );
}

const waysOn = ({ kind, members }: FeatureSet): readonly (readonly number[])[] =>
  kind === 'correlated' ? [members] : members.map((member) => [member]);
