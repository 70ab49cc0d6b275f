/**
 * The expected error of one output for one sparsity pattern: with x uniform in the unit cube [k] and s = c · x + b,
 *
 *     F(c, b) = E (x_own − f(s))²        (without x_own where the feature is not active)
 *
 * and its derivatives. f has a kink on the plane s = 0, so F is taken apart along it: a cube on one side of the plane has a closed
 * form, and along one variable the integral over the others is a polynomial between the values at which the plane meets a corner
 * of theirs. Gauss's rule of 2 or 3 nodes is exact on each piece, so F and its gradient are exact up to rounding for k ≤ 4. Past
 * that the two variables that matter most are integrated so, and the others averaged over a lattice.
 */
import { square } from '#lib/base/ieee';
import { add, at } from '#lib/base/matrix';
import type { OutputActivation } from '#lib/model/shape';
import { lattice, LATTICE_POINTS } from './lattice.ts';

export interface Cube {
  /**
   * Coefficients c [k] with x_own at position `own`, or −1 → F. Adds to nothing: the derivatives are left in `dc` [k] (in the
   * order of c) and in the answer's `db`.
   */
  readonly integrate: (c: Float64Array, b: number, own: number, dc: Float64Array) => CubeIntegral;
}

export interface CubeIntegral {
  readonly value: number;
  readonly db: number;
}

/** Up to here the plane is followed exactly; beyond, the pieces become too many. */
const EXACT_DIMENSIONS = 4;
/** Variables that are integrated exactly within a lattice over the others. */
const EXACT_WITHIN_LATTICE = 2;

/** Pieces narrower than this come from corners that coincide. */
const NO_WIDTH = 1e-13;

/** Gauss and Legendre's nodes and weights on [0, 1]: exact to degree 3 and 5. The integrand has degree 3 for two variables, 5 for four. */
const HALF_WIDTH_2 = 0.5 / Math.sqrt(3);
const HALF_WIDTH_3 = 0.5 * Math.sqrt(0.6);
const TWO_NODES = { nodes: [0.5 - HALF_WIDTH_2, 0.5 + HALF_WIDTH_2], weights: [0.5, 0.5] };
const THREE_NODES = { nodes: [0.5 - HALF_WIDTH_3, 0.5, 0.5 + HALF_WIDTH_3], weights: [5 / 18, 8 / 18, 5 / 18] };

/** One at a time: it holds the scratch memory for cubes of up to `most` dimensions. */
export function createCube(output: OutputActivation, most: number): Cube {
  /** Coefficients in the order of integration, innermost first, and their derivatives. */
  const c = new Float64Array(most);
  const dc = new Float64Array(most);
  const order = new Int32Array(most);
  /** Sums of coefficients below depth d: the least, the greatest, the sum. Then all sums of subsets, and the breaks of each depth. */
  const least = new Float64Array(most + 1);
  const greatest = new Float64Array(most + 1);
  const corners = new Float64Array(1 << EXACT_DIMENSIONS);
  const breaks = Array.from({ length: EXACT_DIMENSIONS + 1 }, () => new Float64Array((1 << EXACT_DIMENSIONS) + 2));
  const latticeDimensions = Math.max(0, most - EXACT_WITHIN_LATTICE);
  const points = most > EXACT_DIMENSIONS ? lattice(latticeDimensions) : new Float64Array(0);
  let owned = false;
  let value = 0;

  /** 1 at depth 0 where the feature itself is active: the target is x_0. */
  const target = (d: number): number => (d === 0 && owned ? 1 : 0);

  /** All of the cube open: a quadratic form in uniform variables. Adds weight · (value, dc) and returns ∂/∂r. */
  function open(depth: number, r: number, weight: number): number {
    let mean = r;
    let variance = 0;
    for (let d = 0; d < depth; d++) {
      const slope = at(c, d) - target(d);
      mean += slope / 2;
      variance += square(slope) / 12;
    }
    value += weight * (square(mean) + variance);
    for (let d = 0; d < depth; d++) add(dc, d, weight * (mean + (at(c, d) - target(d)) / 6));
    return 2 * mean;
  }

  /** All of it closed: what is there is missed. */
  function closed(weight: number): number {
    if (owned) value += weight / 3;
    return 0;
  }

  /** One variable t, open on a part of [0, 1]. */
  function line(r: number, weight: number): number {
    const a = at(c, 0);
    const root = -r / a;
    const low = a > 0 ? root : 0;
    const high = a > 0 ? 1 : root;
    const m0 = high - low;
    const m1 = (square(high) - square(low)) / 2;
    const m2 = (high * square(high) - low * square(low)) / 3;
    const slope = a - target(0);
    const missed = owned ? 1 / 3 - m2 : 0;
    value += weight * (square(slope) * m2 + 2 * slope * r * m1 + square(r) * m0 + missed);
    add(dc, 0, weight * 2 * (slope * m2 + r * m1));
    return 2 * (slope * m1 + r * m0);
  }

  /** The first `depth` variables, the others being in r. */
  function within(depth: number, r: number, weight: number): number {
    if (output === 'linear' || r + at(least, depth) >= 0) return open(depth, r, weight);
    if (r + at(greatest, depth) <= 0) return closed(weight);
    if (depth === 1) return line(r, weight);
    return pieces(depth, r, weight);
  }

  /** Along variable depth − 1, piece by piece. */
  function pieces(depth: number, r: number, weight: number): number {
    const d = depth - 1;
    const slope = at(c, d);
    const own = breaks[depth] ?? corners;
    const count = findBreaks(own, d, r, slope);
    const { nodes, weights } = depth === 2 ? TWO_NODES : THREE_NODES;
    let dr = 0;
    for (let piece = 0; piece + 1 < count; piece++) {
      const from = at(own, piece);
      const width = at(own, piece + 1) - from;
      if (width < NO_WIDTH) continue;
      for (let node = 0; node < nodes.length; node++) {
        const u = from + width * (nodes[node] ?? NaN);
        const share = width * (weights[node] ?? NaN);
        const inner = within(d, r + slope * u, weight * share);
        add(dc, d, weight * share * u * inner);
        dr += share * inner;
      }
    }
    return dr;
  }

  /** 0, the u within (0, 1) at which the plane r + slope · u + … = 0 meets a corner of the variables below d, and 1, ascending. */
  function findBreaks(found: Float64Array, d: number, r: number, slope: number): number {
    found[0] = 0;
    let count = 1;
    for (let corner = 0; corner < 1 << d; corner++) {
      const u = -(r + at(corners, corner)) / slope;
      if (!(u > 0 && u < 1)) continue;
      let place = count++;
      for (; place > 1 && at(found, place - 1) > u; place--) found[place] = at(found, place - 1);
      found[place] = u;
    }
    found[count] = 1;
    return count + 1;
  }

  /** Own variable first, then those with the greatest coefficients. */
  function arrange(coefficients: Float64Array, own: number): void {
    const k = coefficients.length;
    owned = own >= 0;
    for (let j = 0; j < k; j++) {
      let place = j;
      const size = j === own ? Infinity : Math.abs(at(coefficients, j));
      for (; place > 0 && sizeAt(coefficients, own, place - 1) < size; place--) order[place] = order[place - 1] ?? 0;
      order[place] = j;
    }
    for (let d = 0; d < k; d++) {
      c[d] = at(coefficients, order[d] ?? 0);
      dc[d] = 0;
      least[d + 1] = at(least, d) + Math.min(0, at(c, d));
      greatest[d + 1] = at(greatest, d) + Math.max(0, at(c, d));
    }
    for (let d = 0; d < Math.min(k, EXACT_DIMENSIONS); d++)
      for (let corner = 0; corner < 1 << d; corner++) corners[corner | (1 << d)] = at(corners, corner) + at(c, d);
  }

  const sizeAt = (coefficients: Float64Array, own: number, place: number): number =>
    order[place] === own ? Infinity : Math.abs(at(coefficients, order[place] ?? 0));

  /** The outer variables on a lattice. */
  function overLattice(k: number, b: number): number {
    if (output === 'linear' || b + at(least, k) >= 0) return open(k, b, 1);
    if (b + at(greatest, k) <= 0) return closed(1);
    let db = 0;
    const share = 1 / LATTICE_POINTS;
    const dimensions = k - EXACT_WITHIN_LATTICE;
    for (let point = 0; point < LATTICE_POINTS; point++) {
      const x = point * latticeDimensions;
      let r = b;
      for (let d = 0; d < dimensions; d++) r += at(c, EXACT_WITHIN_LATTICE + d) * at(points, x + d);
      const inner = within(EXACT_WITHIN_LATTICE, r, share);
      for (let d = 0; d < dimensions; d++) add(dc, EXACT_WITHIN_LATTICE + d, share * at(points, x + d) * inner);
      db += share * inner;
    }
    return db;
  }

  return {
    integrate(coefficients, b, own, derivatives) {
      const k = coefficients.length;
      arrange(coefficients, own);
      value = 0;
      if (k === 0) return atOrigin(output, b);
      const db = k <= EXACT_DIMENSIONS ? within(k, b, 1) : overLattice(k, b);
      for (let d = 0; d < k; d++) derivatives[order[d] ?? 0] = at(dc, d);
      return { value, db };
    },
  };
}

/** Nothing is active: the output is f(b), and should be 0. */
const atOrigin = (output: OutputActivation, b: number): CubeIntegral =>
  output === 'linear' || b > 0 ? { value: square(b), db: 2 * b } : { value: 0, db: 0 };
