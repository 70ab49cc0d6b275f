/** Pentagon against two digons, exactly: five features in two dimensions. */
import { at } from '#lib/base/matrix';
import { uniformLaw } from '#lib/measure/exact/law';
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { branchCrossing, descend, descendFrom, scaled, withBias } from '#lib/measure/exact/optimum';
import { polygon } from '#lib/measure/regular';
import type { TiedWeights } from '#lib/model/tied';
import type { ExactClaim } from '../claim.ts';
import { near } from './quantities.ts';

const SECTION = 'Introduction';

/** Feature i weighs base^i. */
const fiveInTwo = (density: number, base = 1): Problem => ({
  model: { n: 5, m: 2, output: 'relu' },
  law: uniformLaw(5, density),
  importance: Array.from({ length: 5 }, (_, i) => Array.from({ length: i }).reduce<number>((x) => x * base, 1)),
});

/** Features 0 to 3 in two pairs; feature 4 nowhere, its bias at its mean. */
const twoDigons: TiedWeights = {
  W: Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1, 0, 0),
  b: Float64Array.of(0, 0, 0, 0, 0.1),
};

/** The order round the circle that costs least where feature i weighs base^i: 3 and 4, who matter least, are apart by one place. */
const PENTAGON = withBias(polygon(5, 1.1).W, 5, -0.2);

const crossingUniform: ExactClaim = {
  id: 'pentagon-crossing-uniform',
  section: SECTION,
  sentence: 'With equal importances a pentagon is better than two digons below density .225.',
  kind: 'exact',
  measure: () => [
    near(
      'density where their losses cross',
      branchCrossing((p) => fiveInTwo(p), [PENTAGON, twoDigons], 0.2, 0.25),
      0.2249,
      0.01,
    ),
  ],
};

const pentagonAt05: ExactClaim = {
  id: 'pentagon-exact',
  section: SECTION,
  sentence: 'At density .05 and equal importances the pentagon has ‖W‖ = 1.135 and bias −.246.',
  kind: 'exact',
  measure() {
    const evaluator = createEvaluator(fiveInTwo(0.05));
    const free = descendFrom(evaluator, PENTAGON);
    const regular = descend(evaluator, scaled(polygon(5).W, 5), Float64Array.of(1.1, -0.2));
    return [
      near('‖W‖', at(regular.x, 0), 1.136, 0.011),
      near('bias', at(regular.x, 1), -0.248, 0.0025),
      near('loss', regular.loss, 1.781e-3, 1.8e-5),
      near('loss gained by leaving the regular shape', regular.loss - free.loss, 0, 1e-9),
    ];
  },
};

export const PENTAGON_CLAIMS = [crossingUniform, pentagonAt05] as const;
