/** A pentagon with one feature of another density, and when it gives way to two digons. */
import { at } from '#lib/base/matrix';
import { degreesBetween } from '#lib/measure/angles';
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { independent } from '#lib/measure/exact/law';
import { branchCrossing, descendFrom, withBias } from '#lib/measure/exact/optimum';
import { norms } from '#lib/measure/norms';
import { polygon } from '#lib/measure/regular';
import type { ExactClaim } from '../claim.ts';
import { logarithmically } from '../picture.ts';
import { branchRatio } from './pictures.ts';
import { atLeast, atMost, near } from './quantities.ts';

const SECTION = 'Non-Uniform Superposition';

const fiveInTwo = (base: number, relative: number): Problem => ({
  model: { n: 5, m: 2, output: 'relu' },
  law: independent([base * relative, base, base, base, base]),
  importance: [1, 1, 1, 1, 1],
});

/** A pentagon, and two digons without feature 0. */
const FIVE_STARTS = [
  withBias(polygon(5, 1.13).W, 5, -0.24),
  withBias(Float64Array.of(0, 0, 1, 0, -1, 0, 0, 1, 0, -1), 5, 0.01),
] as const;

/** Where they cost the same. */
const pentagonCrossing = (base: number, from: number, to: number): number =>
  branchCrossing((relative) => fiveInTwo(base, relative), FIVE_STARTS, from, to, 1e-4);

const RELATIVE_CROSSING = 'relative density of the crossing, base .05';

export const perturbedPentagon: ExactClaim = {
  id: 'perturbed-pentagon',
  section: SECTION,
  sentence: 'A pentagon whose first feature is about 2.5 times sparser than the others (.05) gives way to two digons.',
  reason:
    'At base density .05 the two cost the same where the feature is 3.7 times sparser, at a relative density of .27. About 2.5 times (.42) is right for a base density of .1.',
  kind: 'exact',
  measure: () => [
    near(RELATIVE_CROSSING, pentagonCrossing(0.05, 0.2, 0.35), 0.269, 0.02, { paper: 0.4 }),
    near('base .1', pentagonCrossing(0.1, 0.35, 0.5), 0.425, 0.02),
    near('base .02', pentagonCrossing(0.02, 0.12, 0.25), 0.185, 0.02),
  ],
  picture: {
    x: 'density of the first feature / of the others',
    y: 'loss of the pentagon / of two digons',
    scale: 'log',
    series: ['base density .05'],
    at: logarithmically(1, 0.1, 24),
    begin: branchRatio(
      (relative) => fiveInTwo(0.05, relative),
      () => FIVE_STARTS,
    ),
    guide: 1,
    mark: RELATIVE_CROSSING,
  },
};

/** The pentagon where feature 0 has `relative` times the density of the others, .05. */
function perturbed(relative: number): { readonly own: number; readonly other: number; readonly angle: number } {
  const { W } = descendFrom(createEvaluator(fiveInTwo(0.05, relative)), FIVE_STARTS[0]);
  const lengths = norms(W, { n: 5, m: 2 });
  return { own: at(lengths, 0), other: at(lengths, 1), angle: degreesBetween(W, 0, 1, 2) };
}

export const squeezed: ExactClaim = {
  id: 'squeezed-feature',
  section: SECTION,
  sentence:
    'A sparser feature is squeezed: its neighbours come closer, and yet its own vector gets longer than theirs.',
  kind: 'exact',
  measure() {
    const [even, sparser] = [perturbed(1), perturbed(0.4)];
    return [
      near('angle to its neighbours at equal densities', even.angle, 72, 1e-3, { unit: '°' }),
      atMost('at a relative density of .4', sparser.angle, 70, { unit: '°' }),
      atLeast('its norm / that of its neighbours', sparser.own / sparser.other, 1.02),
    ];
  },
  picture: {
    x: 'density of the first feature / of the others',
    y: '‖W‖',
    scale: 'log',
    series: ['first feature', 'its neighbours'],
    at: logarithmically(1.5, 0.3, 18),
    begin: () => (relative) => {
      const { own, other } = perturbed(relative);
      return [own, other];
    },
  },
};
