/** Three features in two dimensions: the map of ideal strategies, and where the true optimum is a triangle. */
import { at } from '#lib/base/matrix';
import { present } from '#lib/base/assert';
import { createEvaluator } from '#lib/measure/exact/expected-loss';
import { uniformLaw } from '#lib/measure/exact/law';
import { crossing, lowest, randomStarts, withBias, type Optimum } from '#lib/measure/exact/optimum';
import { bestStrategy, THREE_IN_TWO, TRIPLE_DENSITY, type Strategy } from '#lib/measure/exact/strategies';
import { norms } from '#lib/measure/norms';
import { polygon } from '#lib/measure/regular';
import { superposition } from '#lib/measure/superposition';
import type { Claim, ExactClaim } from '../claim.ts';
import { againstDensity } from './pictures.ts';
import { equal, furthest, near } from './quantities.ts';

const SECTION = 'Superposition as a Phase Change';

const lossOf = (name: Strategy): ((p: number, r: number) => number) =>
  present(
    THREE_IN_TWO.find(({ strategy }) => strategy === name),
    name,
  ).loss;

const byDensity = (one: Strategy, other: Strategy, r: number): number =>
  crossing((p) => lossOf(one)(p, r) - lossOf(other)(p, r), 0.05, 0.95, 1e-9);

const STRATEGIES = ['superposed', 'dedicated', 'others superposed'] as const;

const boundaries: ExactClaim = {
  id: 'boundaries',
  section: SECTION,
  sentence:
    'With three features in two dimensions the extra feature is superposed as in one dimension; above r = 1 others are dropped at density 4/7, whatever r.',
  kind: 'exact',
  measure: () => [
    near('ignored = superposed, r = .1', byDensity('ignored', 'superposed', 0.1), 0.16, 1e-6),
    near('ignored = superposed, r = .5', byDensity('ignored', 'superposed', 0.5), 4 / 9, 1e-6),
    ...[2, 10].map((r) =>
      near(
        `others superposed = others dropped, r = ${r}`,
        byDensity('others superposed', 'dedicated', r),
        TRIPLE_DENSITY,
        1e-6,
      ),
    ),
    near(
      'importance where superposed = others superposed, p = .2',
      crossing((r) => lossOf('superposed')(0.2, r) - lossOf('others superposed')(0.2, r), 0.2, 5, 1e-9),
      1,
      1e-6,
    ),
  ],
  picture: againstDensity(
    [0.2, 0.9, 29],
    { y: 'loss at r = 2', series: STRATEGIES, mark: 'others superposed = others dropped, r = 2' },
    () => (p) => STRATEGIES.map((name) => lossOf(name)(p, 2)),
  ),
};

function optimumAt(p: number, r: number): Optimum {
  const evaluator = createEvaluator({
    model: { n: 3, m: 2, output: 'relu' },
    law: uniformLaw(3, p),
    importance: [1, 1, r],
  });
  const ideal = THREE_IN_TWO.map(({ W }) => withBias(Float64Array.from(W), 3, 0.1));
  return lowest(evaluator, [...ideal, withBias(polygon(3, 0.9).W, 3, 0.1), ...randomStarts({ n: 3, m: 2 }, 4)]);
}

/** What the optimum does with the extra feature, feature 2. */
function strategyOf({ W }: Optimum): Strategy {
  const shape = { n: 3, m: 2 };
  const [lengths, shared] = [norms(W, shape), superposition(W, shape)];
  if (at(lengths, 2) < 0.3) return 'ignored';
  if (at(shared, 2) > 0.25) return 'superposed';
  return Math.min(at(lengths, 0), at(lengths, 1)) < 0.3 ? 'dedicated' : 'others superposed';
}

const agreement: ExactClaim = {
  id: 'optimum-is-ideal',
  section: SECTION,
  sentence: 'Away from the boundaries the true optimum is the best of the four ideal strategies.',
  kind: 'exact',
  measure: () =>
    (
      [
        [0.1, 0.5],
        [0.3, 0.5],
        [0.8, 0.3],
        [0.1, 3],
        [0.4, 3],
      ] as const
    ).map(([p, r]) =>
      equal(`at p = ${p}, r = ${r}`, strategyOf(optimumAt(p, r)), bestStrategy(THREE_IN_TWO, p, r).strategy),
    ),
};

const wedge: ExactClaim = {
  id: 'triangle-wedge',
  section: SECTION,
  sentence:
    'Three features in two dimensions use one of four strategies; a triangle is left out of the map, as it is never best.',
  reason:
    'Near equal importance and density .6 a triangle in which all three share both dimensions loses 15% less than the best of the four. Trained maps show it as a wedge at the top.',
  kind: 'exact',
  measure() {
    const { loss, W } = optimumAt(0.6, 1);
    const ideal = bestStrategy(THREE_IN_TWO, 0.6, 1).loss(0.6, 1);
    const shared = superposition(W, { n: 3, m: 2 });
    return [
      near('loss of the optimum at p = .6, r = 1', 3 * loss, 0.094, 0.0005, { paper: 0.11 }),
      near('loss of the best of four', ideal, 0.11, 0.0005),
      near('superposition of its features', furthest(shared, 0.42), 0.42, 0.02),
    ];
  },
  picture: againstDensity(
    [0.3, 0.9, 25],
    { y: 'loss of the best of four / of the optimum', series: ['r = 1', 'r = .7'], guide: 1 },
    () => (p) => [1, 0.7].map((r) => bestStrategy(THREE_IN_TWO, p, r).loss(p, r) / (3 * optimumAt(p, r).loss)),
  ),
};

export const PHASE_CHANGE_THREE_CLAIMS: readonly Claim[] = [boundaries, agreement, wedge];
