/** Twenty features in five dimensions, exactly: which of them the optimum stores, found by descent from tegum products. */
import { at } from '#lib/base/matrix';
import { exp, log } from '#lib/base/ieee';
import { createCrowdEvaluator } from '#lib/measure/exact/crowd-loss';
import { createEvaluator } from '#lib/measure/exact/expected-loss';
import { uniformLaw } from '#lib/measure/exact/law';
import { descendFrom, lowest, randomStarts, type Optimum } from '#lib/measure/exact/optimum';
import { variance } from '#lib/measure/exact/strategies';
import { gram } from '#lib/measure/gram';
import { norms, representedFeatures } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { digon, polygon, squareAntiprism, tegum, type Arrangement } from '#lib/measure/regular';
import type { OutputActivation } from '#lib/model/shape';
import type { TiedModel, TiedWeights } from '#lib/model/tied';
import type { ExactClaim, Quantity } from '../claim.ts';
import { againstDensity } from './pictures.ts';
import { atLeast, atMost, equal, furthest, greatest, near } from './quantities.ts';

const SECTION = 'Demonstrating Superposition';

const [FEATURES, DIMENSIONS] = [20, 5];
const modelWith = (output: OutputActivation): TiedModel => ({ n: FEATURES, m: DIMENSIONS, output });
const MODEL = modelWith('relu');
/** .7^i, as in the paper's figure. */
const IMPORTANCE = Array.from({ length: FEATURES }, (_, i) => exp(i * log(0.7)));

const evaluatorAt = (p: number, output: OutputActivation = 'relu') =>
  createCrowdEvaluator({ model: modelWith(output), law: uniformLaw(FEATURES, p), importance: IMPORTANCE });

/**
 * A start: the most important features in the rows of an arrangement, in its order; the others nowhere, their biases at their mean.
 * Factors of more than two features interfere: longer vectors, negative biases.
 */
function start(p: number, factors: readonly Arrangement[], features?: readonly number[]): TiedWeights {
  const W = new Float64Array(FEATURES * DIMENSIONS);
  const b = new Float64Array(FEATURES).fill(p / 2);
  const crowded = factors.flatMap(({ n }) => new Array<boolean>(n).fill(n > 2));
  const product = tegum(...factors);
  const rows = features ?? Array.from({ length: product.n }, (_, row) => row);
  rows.forEach((feature, row) => {
    const isCrowded = crowded[row] === true;
    for (let k = 0; k < product.m; k++)
      W[feature * DIMENSIONS + k] = (isCrowded ? 1.05 : 1) * at(product.W, row * product.m + k);
    b[feature] = isCrowded ? -0.15 : 0;
  });
  return { W, b };
}

/** 5 − k of the most important features alone, the next 2k in k digons: the most important of them with the least, and so on inwards. */
function paired(k: number): { readonly alone: number; readonly pairs: readonly (readonly [number, number])[] } {
  const alone = DIMENSIONS - k;
  return { alone, pairs: Array.from({ length: k }, (_, pair) => [alone + pair, alone + 2 * k - 1 - pair]) };
}

const ALONE: Arrangement = { n: 1, m: 1, W: Float64Array.of(1) };

function digons(p: number, k: number): TiedWeights {
  const { alone, pairs } = paired(k);
  const features = [...Array.from({ length: alone }, (_, i) => i), ...pairs.flat()];
  return start(p, [...new Array<Arrangement>(alone).fill(ALONE), ...new Array<Arrangement>(k).fill(digon())], features);
}

/** One pair in one dimension. */
function settledPair(p: number, [one, other]: readonly [number, number]): Optimum {
  const importance = [IMPORTANCE[one] ?? NaN, IMPORTANCE[other] ?? NaN];
  const evaluator = createEvaluator({ model: { n: 2, m: 1, output: 'relu' }, law: uniformLaw(2, p), importance });
  return descendFrom(evaluator, { W: Float64Array.of(1, -1), b: new Float64Array(2) });
}

/** `digons`, settled factor by factor, as they do not meet; and what they lose, over the loss of the best linear model. */
function settledDigons(p: number, k: number): TiedWeights & { readonly overLinear: number } {
  const { alone, pairs } = paired(k);
  const { W, b } = digons(p, k);
  let loss = 0;
  pairs.forEach((pair, factor) => {
    const settled = settledPair(p, pair);
    loss += 2 * settled.loss;
    pair.forEach((feature, place) => {
      W[feature * DIMENSIONS + alone + factor] = at(settled.W, place);
      b[feature] = at(settled.b, place);
    });
  });
  const rest = (from: number): number => variance(p) * IMPORTANCE.slice(from).reduce((sum, each) => sum + each, 0);
  return { W, b, overLinear: (loss + rest(DIMENSIONS + k)) / rest(DIMENSIONS) };
}

const ALL_DIGONS = [0, 1, 2, 3, 4, 5] as const;

/** The fewest digons that lose no more than any other number of them, to a thousandth. */
function bestDigons(p: number): number {
  const losses = ALL_DIGONS.map((k) => settledDigons(p, k).overLinear);
  const least = Math.min(...losses);
  return losses.findIndex((loss) => loss < 1.001 * least);
}

const storedBy = ({ W }: Optimum): number => representedFeatures(W, MODEL).length;
const count = (names: readonly string[], name: string): number => names.filter((each) => each === name).length;

/** Density, features stored, digons among them. */
const DENSE = [
  [1, 5, 0],
  [0.3, 7, 2],
  [0.1, 9, 4],
] as const;

/** The weights of the first features, or of all, moved a little in a direction without meaning, and down again. */
function pushed(p: number, { W, b }: TiedWeights, by: number, features = FEATURES): Optimum {
  const [push] = randomStarts(MODEL, 1);
  const moved = W.map((weight, j) => weight + (j < features * DIMENSIONS ? by * at(push?.W ?? W, j) : 0));
  return descendFrom(evaluatorAt(p), { W: moved, b });
}

const storedExactly: ExactClaim = {
  id: 'stored-exact',
  section: SECTION,
  sentence:
    'Of dedicated dimensions and digons the best store five of twenty features without sparsity, seven at density .3 and nine at .1, and pushed out of that optimum a model comes back to it.',
  kind: 'exact',
  measure: () =>
    DENSE.flatMap(([p, stored, pairs]) => {
      const product = settledDigons(p, bestDigons(p));
      const found = pushed(p, product, 0.05);
      const names = polytopes(found.W, MODEL).map(({ name }) => name);
      return [
        equal(`features stored at density ${p}`, storedBy(found), stored),
        equal(`alone at ${p}`, count(names, 'dedicated dimension'), DIMENSIONS - pairs),
        equal(`digons at ${p}`, count(names, 'digon'), pairs),
        near(`loss after a push and descent, over before, at ${p}`, found.loss / evaluatorAt(p).loss(product), 1, 1e-5),
      ];
    }),
  picture: againstDensity(
    [1, 0.03, 25],
    { y: 'loss over a linear model’s', series: ALL_DIGONS.map((k) => `${DIMENSIONS + k} stored`) },
    () => (p) => ALL_DIGONS.map((k) => settledDigons(p, k).overLinear),
  ),
};

const fiveDigons = (p: number): TiedWeights => digons(p, DIMENSIONS);
const threeDigonsAndPentagon = (p: number): TiedWeights => start(p, [digon(), digon(), digon(), polygon(5)]);
const twoDigonsAndAntiprism = (p: number): TiedWeights => start(p, [digon(), digon(), squareAntiprism()]);

/** The three products, each settled from where a push of its features takes their symmetry away. */
function settled(p: number): { readonly ten: Optimum; readonly eleven: Optimum; readonly twelve: Optimum } {
  return {
    ten: pushed(p, fiveDigons(p), 0.02, 10),
    eleven: pushed(p, threeDigonsAndPentagon(p), 0.02, 11),
    twelve: pushed(p, twoDigonsAndAntiprism(p), 0.02, 12),
  };
}

const FIVE_DIGONS = 'digon, digon, digon, digon, digon';
const THREE_DIGONS_AND_PENTAGON = 'digon, digon, digon, pentagon';
const TWO_DIGONS_AND_ANTIPRISM = 'digon, digon, square antiprism';

/** That descent ends where the start's name says: how many are stored there, and as what. */
const settledAs = (found: Optimum, start: string, stored: number, shapes: string): readonly Quantity[] => [
  equal(`features stored from ${start}`, storedBy(found), stored),
  equal(
    `shapes from ${start}`,
    polytopes(found.W, MODEL)
      .map(({ name }) => name)
      .sort()
      .join(', '),
    shapes,
  ),
];

const best = (optima: readonly Optimum[]): Optimum =>
  optima.reduce((one, other) => (other.loss < one.loss ? other : one));

const elevenBeatTen: ExactClaim = {
  id: 'stored-at-three-percent',
  section: SECTION,
  sentence: 'At density .03 the best model stores ten of twenty features in five dimensions.',
  source: 'by the re-runs',
  reason:
    'Ten features as five digons are a minimum, where most trained models end. Three digons and a pentagon, which store eleven, are another, and lose 4% less.',
  kind: 'exact',
  measure() {
    const { ten, eleven, twelve } = settled(0.03);
    return [
      equal('features stored by the best of three products', storedBy(best([ten, eleven, twelve])), 11, { paper: 10 }),
      ...settledAs(ten, 'five digons', 10, FIVE_DIGONS),
      ...settledAs(eleven, 'three digons and a pentagon', 11, THREE_DIGONS_AND_PENTAGON),
      near('loss of five digons, over three digons and a pentagon', ten.loss / eleven.loss, 1.041, 0.005),
      // The antiprism does not last at this density: descent lets one of its eight go.
      atLeast('of two digons and a square antiprism, settled, over the same', twelve.loss / eleven.loss, 1.01),
    ];
  },
};

const twelve: ExactClaim = {
  id: 'stored-sparser',
  section: SECTION,
  sentence:
    'At density .01 and below twelve features in two digons and a square antiprism are better than eleven with a pentagon, and those better than ten in digons.',
  kind: 'exact',
  measure: () =>
    [0.01, 0.003, 0.001].flatMap((p): readonly Quantity[] => {
      const products = settled(p);
      return [
        equal(
          `features stored by the best of three products at density ${p}`,
          storedBy(best(Object.values(products))),
          12,
        ),
        ...settledAs(products.ten, `five digons at ${p}`, 10, FIVE_DIGONS),
        ...settledAs(products.eleven, `three digons and a pentagon at ${p}`, 11, THREE_DIGONS_AND_PENTAGON),
        ...settledAs(products.twelve, `two digons and a square antiprism at ${p}`, 12, TWO_DIGONS_AND_ANTIPRISM),
        atLeast(`loss of ten over eleven at ${p}`, products.ten.loss / products.eleven.loss, 1.1),
        atLeast(`of eleven over twelve at ${p}`, products.eleven.loss / products.twelve.loss, 1.02),
      ];
    }),
};

/**
 * From p itself, twice the claimed value, where the biases pull; and with every weight pushed, so that the features do meet. Not without
 * sparsity, where the least important take hundreds of steps.
 */
const biasesExactly: ExactClaim = {
  id: 'biases-exact',
  section: SECTION,
  sentence: 'At the optimum a feature that is not stored comes out at its mean: its bias is p/2.',
  kind: 'exact',
  measure: () =>
    DENSE.slice(1).map(([p, stored, pairs]) => {
      const { W, b: settled } = digons(p, pairs);
      const { b } = pushed(p, { W, b: settled.map((bias, i) => (i < stored ? bias : p)) }, 0.02);
      const over = [...b.subarray(stored)].map((bias) => bias / (p / 2));
      return near(`biases of ${over.length} features at density ${p}, of p/2`, furthest(over, 1), 1, 1e-3);
    }),
};

const linearOptima: ExactClaim = {
  id: 'linear-exact',
  section: SECTION,
  sentence:
    'The optimum of a linear model stores the five most important of twenty features in dimensions of their own, at any density.',
  kind: 'exact',
  measure: () =>
    [1, 0.1, 0.01].flatMap((p) => {
      const model = modelWith('linear');
      const { W, b } = lowest(evaluatorAt(p, 'linear'), randomStarts(model, 3));
      const crossed = gram(W, model)
        .filter((_, ij) => Math.floor(ij / FEATURES) !== ij % FEATURES)
        .map(Math.abs);
      const lengths = [...norms(W, model)];
      const off = [...b.subarray(DIMENSIONS)].map((bias) => Math.abs(bias - p / 2));
      return [
        near(`norms of the first five at density ${p}`, furthest(lengths.slice(0, DIMENSIONS), 1), 1, 1e-3),
        atMost(`greatest of the others at ${p}`, greatest(lengths.slice(DIMENSIONS)), 1e-3),
        atMost(`greatest entry of WᵀW off the diagonal at ${p}`, greatest(crossed), 1e-3),
        atMost(`biases of the others, off p/2 at ${p}`, greatest(off), 1e-3),
      ];
    }),
};

export const TWENTY_FEATURES_CLAIMS = [linearOptima, storedExactly, elevenBeatTen, twelve, biasesExactly] as const;
