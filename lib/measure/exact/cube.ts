/**
 * The expected error of one output for one sparsity pattern: with x uniform in the unit cube [k] and s = c · x + b,
 *
 *     F(c, b) = E (x_own − f(s))²        (without x_own where the feature is not active)
 *
 * and its derivatives. A cube on one side of the plane s = 0 is a quadratic form. One that the plane cuts has a closed form over its
 * corners (corners.ts), which divides by every coefficient: the smallest are left out where that would cost digits, and what they
 * add to s is taken at Gauss's nodes. What has been integrated by then is so smooth that F is right to 1e-9, and its derivatives to
 * 1e-6, whatever up to twelve coefficients are; of more it is right to 1e-6 (cube.test.ts holds them against whole numbers, which are
 * not rounded).
 */
import { square } from '#lib/base/ieee';
import { add, at } from '#lib/base/matrix';
import type { OutputActivation } from '#lib/model/shape';
import { createCorners, type CubeIntegral } from './corners.ts';

export interface Cube {
  /**
   * Coefficients c [k] with x_own at position `own`, or −1 → F. Adds to nothing: the derivatives are left in `dc` [k] (in the
   * order of c) and in the answer's `db`.
   */
  readonly integrate: (c: Float64Array, b: number, own: number, dc: Float64Array) => CubeIntegral;
}

/** Corners double with every coefficient: more than these are always left to the nodes. */
const MOST_IN_CORNERS = 12;

/** By how much the closed form may multiply a rounding error. */
const MOST_AMPLIFIED = 1e7;

/** Of a deviation from the mean: below it s does not notice. */
const NO_SPREAD = 1e-8;

/** Gauss and Legendre's nodes and weights on [0, 1], exact to degree 5. */
const HALF_WIDTH = 0.5 * Math.sqrt(0.6);
const NODES = [0.5 - HALF_WIDTH, 0.5, 0.5 + HALF_WIDTH] as const;
const NODE_WEIGHTS = [5 / 18, 8 / 18, 5 / 18] as const;

/** One at a time: it holds the scratch memory for cubes of up to `most` dimensions. */
export function createCube(output: OutputActivation, most: number): Cube {
  const order = new Int32Array(most);
  /** Those in the closed form, the own one first, and their derivatives. */
  const inner = new Float64Array(Math.min(most, MOST_IN_CORNERS));
  const dInner = new Float64Array(inner.length);
  const cutCube = createCorners(inner.length);
  let c: Float64Array = new Float64Array(0);
  let dc: Float64Array = new Float64Array(0);
  let k = 0;
  let own = -1;
  /** Of `order`: the first so many are in the closed form. */
  let closedForm = 0;
  let ownInside = false;
  let value = 0;
  let db = 0;

  /** The coefficient of s − x_own. */
  const missed = (j: number): number => at(c, j) - (j === own ? 1 : 0);

  /** All of the cube open: a quadratic form in uniform variables. */
  function open(b: number): void {
    let mean = b;
    let variance = 0;
    for (let j = 0; j < k; j++) {
      mean += missed(j) / 2;
      variance += square(missed(j)) / 12;
    }
    value = square(mean) + variance;
    db = 2 * mean;
    for (let j = 0; j < k; j++) dc[j] = mean + missed(j) / 6;
  }

  /** All of it closed: what is there is missed. */
  function closed(): void {
    value = own < 0 ? 0 : 1 / 3;
    db = 0;
    dc.fill(0);
  }

  /** Sorts by size, and takes as many coefficients into the closed form as rounding allows. `size`: the greatest |s|. */
  function divide(size: number): void {
    for (let j = 0; j < k; j++) {
      let place = j;
      for (; place > 0 && Math.abs(at(c, order[place - 1] ?? 0)) < Math.abs(at(c, j)); place--)
        order[place] = order[place - 1] ?? 0;
      order[place] = j;
    }
    closedForm = 0;
    ownInside = false;
    // What multiplies a rounding error: 2 size^(l+2) / ((l+2)! Π|c|), and once more size/c for a derivative, and for the own feature.
    let amplified = 1;
    let ownFactor = 1;
    for (; closedForm < Math.min(k, MOST_IN_CORNERS); closedForm++) {
      const j = order[closedForm] ?? 0;
      const factor = size / Math.abs(at(c, j));
      amplified *= factor / (closedForm + 3);
      if (j === own) ownFactor = factor;
      if (!(amplified * factor * ownFactor < MOST_AMPLIFIED)) break;
      ownInside ||= j === own;
    }
  }

  /** The coefficients of the closed form, the own one first. */
  function fillInner(): void {
    let place = 0;
    if (ownInside) inner[place++] = at(c, own);
    for (let d = 0; d < closedForm; d++) {
      const j = order[d] ?? 0;
      if (j !== own) inner[place++] = at(c, j);
    }
  }

  /** The closed form at one place of what is left out: s = r + …, and x_own = `x` where it is left out, too. */
  function within(r: number, x: number, weight: number): CubeIntegral {
    const integral = cutCube(inner, closedForm, r, ownInside ? 'own' : x, dInner);
    let place = 0;
    if (ownInside) add(dc, own, weight * at(dInner, place++));
    for (let d = 0; d < closedForm; d++) {
      const j = order[d] ?? 0;
      if (j !== own) add(dc, j, weight * at(dInner, place++));
    }
    value += weight * integral.value;
    db += weight * integral.db;
    return integral;
  }

  /** Everything left out but the own feature, together: it deviates from its mean evenly to both sides, by σ², and m4 = E of its fourth power. */
  function overRest(r: number, x: number, weight: number): void {
    let mean = 0;
    let variance = 0;
    let fourth = 0;
    for (let d = closedForm; d < k; d++) {
      const j = order[d] ?? 0;
      if (j === own) continue;
      const coefficient = at(c, j);
      mean += coefficient / 2;
      variance += square(coefficient) / 12;
      fourth -= square(square(coefficient)) / 120;
    }
    fourth += 3 * square(variance);
    if (Math.sqrt(variance) < NO_SPREAD) {
      const { db: slope } = within(r + mean, x, weight);
      for (let d = closedForm; d < k; d++) if (order[d] !== own) add(dc, order[d] ?? 0, (weight * slope) / 2);
      return;
    }
    // Three nodes that have the same moments up to the fifth.
    const reach = Math.sqrt(fourth / variance);
    const share = square(variance) / (2 * fourth);
    const below = within(r + mean - reach, x, weight * share);
    const middle = within(r + mean, x, weight * (1 - 2 * share));
    const above = within(r + mean + reach, x, weight * share);
    const slope = share * (below.db + above.db) + (1 - 2 * share) * middle.db;
    const byReach = share * (above.db - below.db);
    const byShare = below.value + above.value - 2 * middle.value;
    for (let d = closedForm; d < k; d++) {
      const j = order[d] ?? 0;
      if (j === own) continue;
      const dVariance = at(c, j) / 6;
      const dFourth = variance * at(c, j) - (at(c, j) * square(at(c, j))) / 30;
      const dReach = (dFourth / variance - (fourth * dVariance) / square(variance)) / (2 * reach);
      const dShare = (2 * variance * dVariance * fourth - square(variance) * dFourth) / (2 * square(fourth));
      add(dc, j, weight * (slope / 2 + byReach * dReach + byShare * dShare));
    }
  }

  function cut(b: number, size: number): void {
    value = 0;
    db = 0;
    dc.fill(0);
    divide(size);
    fillInner();
    if (own < 0 || ownInside) {
      overRest(b, 0, 1);
      return;
    }
    for (const [node, x] of NODES.entries()) {
      const before = db;
      overRest(b + at(c, own) * x, x, NODE_WEIGHTS[node] ?? NaN);
      add(dc, own, x * (db - before));
    }
  }

  return {
    integrate(coefficients, b, ownPlace, derivatives) {
      c = coefficients;
      dc = derivatives;
      k = coefficients.length;
      own = ownPlace;
      if (k === 0) return atOrigin(output, b);
      let [least, greatest] = [b, b];
      for (let j = 0; j < k; j++) {
        least += Math.min(0, at(c, j));
        greatest += Math.max(0, at(c, j));
      }
      if (output === 'linear' || least >= 0) open(b);
      else if (greatest <= 0) closed();
      else cut(b, greatest - least);
      return { value, db };
    },
  };
}

/** Nothing is active: the output is f(b), and should be 0. */
const atOrigin = (output: OutputActivation, b: number): CubeIntegral =>
  output === 'linear' || b > 0 ? { value: square(b), db: 2 * b } : { value: 0, db: 0 };
