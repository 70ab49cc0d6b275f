/**
 * Losses of ideal strategies (paper, "Superposition as a Phase Change"), in closed form: two or three features, one of them of
 * relative importance r, all of density p. Each is an upper bound of the true minimum, whose weights may bend. Losses are sums over
 * features, as in the paper.
 */
import { square } from '#lib/base/ieee';

/** Var x = p/3 − p²/4: what a feature costs that is not stored, its bias at its mean. */
export const variance = (p: number): number => p / 3 - square(p) / 4;

/** What an antipodal pair costs for each of the two: E min(x, y)² = p²/6. */
const pairCost = (p: number): number => square(p) / 6;

/** What becomes of the extra feature, of importance r. */
export type Strategy =
  /** The extra feature is not represented. */
  | 'ignored'
  /** It has a dimension of its own; another feature, of importance 1, is not represented. */
  | 'dedicated'
  /** It shares a dimension with one of the others. */
  | 'superposed'
  /** It has a dimension of its own, as the two others share one: three features in two dimensions. */
  | 'others superposed';

export interface StrategyLoss {
  readonly strategy: Strategy;
  /** W [n, m] */
  readonly W: readonly number[];
  /** p, r → loss summed over features. */
  readonly loss: (p: number, r: number) => number;
}

/** n = 2, m = 1, importances (1, r). */
export const TWO_IN_ONE: readonly StrategyLoss[] = [
  { strategy: 'ignored', W: [1, 0], loss: (p, r) => r * variance(p) },
  { strategy: 'dedicated', W: [0, 1], loss: (p) => variance(p) },
  { strategy: 'superposed', W: [1, -1], loss: (p, r) => (1 + r) * pairCost(p) },
];

/** n = 3, m = 2, importances (1, 1, r). */
export const THREE_IN_TWO: readonly StrategyLoss[] = [
  { strategy: 'ignored', W: [1, 0, 0, 1, 0, 0], loss: (p, r) => r * variance(p) },
  { strategy: 'dedicated', W: [0, 0, 1, 0, 0, 1], loss: (p) => variance(p) },
  { strategy: 'superposed', W: [1, 0, 0, 1, 0, -1], loss: (p, r) => (1 + r) * pairCost(p) },
  { strategy: 'others superposed', W: [1, 0, -1, 0, 0, 1], loss: (p) => 2 * pairCost(p) },
];

/** The strategy of least loss; ties go to the first. */
export function bestStrategy(strategies: readonly StrategyLoss[], p: number, r: number): StrategyLoss {
  const [first, ...others] = strategies;
  if (first === undefined) throw new RangeError('There is no strategy to choose from.');
  return others.reduce((best, each) => (each.loss(p, r) < best.loss(p, r) ? each : best), first);
}

/** Where ignored and superposed cost the same: p at r, for r ≤ 1. */
export const ignoredBoundary = (r: number): number => (4 * r) / (2 + 5 * r);

/** Above it nothing is superposed, whatever r: all boundaries meet at (1, 4/7). */
export const TRIPLE_DENSITY = 4 / 7;
