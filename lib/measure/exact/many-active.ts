/**
 * What more than MOST_ACTIVE active features do to one output (crowd.ts), without going through the patterns. s is then a sum of
 * independent terms, whose moment-generating function is a product, and ReLU is inverted on a line in the complex plane (Bromwich):
 *
 *     E ReLU(s)² / 2  =  1/(2πi) ∫ E[e^(zs)] / z³ dz,        E ReLU(s) x_own  =  its derivative in c_own,
 *
 * with E[e^(zs)] = e^(zb) Π_j (1 − p_j + p_j u(c_j z)) and u(y) = (e^y − 1)/y, of which those products count that have more than
 * MOST_ACTIVE factors u. They fall so fast along the line that few nodes do. The nodes are evenly spaced: as s is bounded, that is
 * exact but for e^−DAMPING. What lies beyond the last node is bounded by the triangle inequality, and is below the tolerance unless
 * MOST_NODES are too few for that. The value's `error` is both of these; that of the gradient is not bounded.
 */
import { cos, exp, sin, square } from '#lib/base/ieee';
import { add as addTo, at as entryOf } from '#lib/base/matrix';

/** Bound once: a test runner that looks an import up at each call makes the loops below seven times slower. */
const at = entryOf;
const add = addTo;

/** Patterns with so many active features, or fewer, are gone through one by one. */
export const MOST_ACTIVE = 3;
/** The state of a product: 0, …, MOST_ACTIVE factors u so far, or more. */
const MORE = MOST_ACTIVE + 1;
const STATES = MORE + 1;
const after = (state: number): number => Math.min(state + 1, MORE);

/** σ times the period 2π / step: what even spacing costs is about e to minus this, times the period squared. */
const DAMPING = 30;
/** The period over the greatest s: rounding errors grow by e^(DAMPING / this). */
const PERIODS = 6;
/** Where s hardly ever is positive the period is this part of its rise above b, so that e^(σ · rise) stays a number. */
const LEAST_PERIOD = 1 / 20;
const FEWEST_NODES = 12;
const MOST_NODES = 16_384;
/** Below, e^y − 1 would cost digits: a series. */
const SERIES_BELOW = 0.5;
const SERIES_TERMS = 14;

export interface CrowdIntegral {
  /** E (x_own − ReLU(s))² */
  readonly value: number;
  readonly db: number;
  /** The integral is off by less, rounding aside. May be more than was asked for: whoever needs the tolerance looks here. */
  readonly error: number;
}

/** One output: `features` are those that count, the own one first; coefficients c [n]. Adds derivatives in c to `dc` [n]. */
export type Part = (
  features: Int32Array,
  c: Float64Array,
  b: number,
  dc: Float64Array,
  tolerance: number,
) => CrowdIntegral;

export function createManyActive(p: Float64Array): Part {
  const n = p.length;
  /** u, z u′ and e^y of each feature at the present node, and what e^y turns by from node to node. */
  const u = complex(n);
  const slope = complex(n);
  const e = complex(n);
  const turn = complex(n);
  /** What the features from a place on make of every state [n + 1, STATES]. */
  const rest = complex((n + 1) * STATES);
  /** What the features before the present one make, by state. */
  const product = complex(STATES);
  const bounds = new Float64Array(STATES);
  /** One complex number that is handed on: in these loops a new object for each would be half of the time. */
  const held = { re: 0, im: 0 };

  /** u and z u′ at y = cz, with z = σ + iω. */
  function moments(k: number, c: number, sigma: number, omega: number): void {
    const [yr, yi] = [c * sigma, c * omega];
    const size = square(yr) + square(yi);
    if (size < square(SERIES_BELOW)) {
      series(yr, yi, 1, held);
      u.re[k] = held.re;
      u.im[k] = held.im;
      series(yr, yi, 2, held);
      slope.re[k] = sigma * held.re - omega * held.im;
      slope.im[k] = sigma * held.im + omega * held.re;
      return;
    }
    const [er, ei] = [at(e.re, k), at(e.im, k)];
    u.re[k] = ((er - 1) * yr + ei * yi) / size;
    u.im[k] = (ei * yr - (er - 1) * yi) / size;
    slope.re[k] = (er - at(u.re, k)) / c;
    slope.im[k] = (ei - at(u.im, k)) / c;
  }

  /** From the last feature to the second: rest. */
  function multiplyBack(features: Int32Array): void {
    const { length } = features;
    for (let state = 0; state < STATES; state++) {
      rest.re[length * STATES + state] = state === MORE ? 1 : 0;
      rest.im[length * STATES + state] = 0;
    }
    for (let k = length - 1; k > 0; k--) {
      const density = at(p, features[k] ?? 0);
      const [ur, ui] = [density * at(u.re, k), density * at(u.im, k)];
      for (let state = 0; state < STATES; state++) {
        const same = (k + 1) * STATES + state;
        const next = (k + 1) * STATES + after(state);
        rest.re[k * STATES + state] =
          (1 - density) * at(rest.re, same) + ur * at(rest.re, next) - ui * at(rest.im, next);
        rest.im[k * STATES + state] =
          (1 - density) * at(rest.im, same) + ur * at(rest.im, next) + ui * at(rest.re, next);
      }
    }
  }

  /** product ← product · (1 − p + p u) */
  function multiplyOn(density: number, ur: number, ui: number): void {
    const [pr, pi] = [density * ur, density * ui];
    const off = 1 - density;
    // More than MOST_ACTIVE stay more, whatever comes.
    const [moreR, moreI] = [at(product.re, MORE), at(product.im, MORE)];
    let [re, im] = [off * moreR + pr * moreR - pi * moreI, off * moreI + pr * moreI + pi * moreR];
    for (let state = MORE; state > 0; state--) {
      const [belowR, belowI] = [at(product.re, state - 1), at(product.im, state - 1)];
      product.re[state] = re + pr * belowR - pi * belowI;
      product.im[state] = im + pr * belowI + pi * belowR;
      re = off * belowR;
      im = off * belowI;
    }
    product.re[0] = re;
    product.im[0] = im;
  }

  /**
   * How many nodes `step` apart until what is beyond them is below the tolerance, or MOST_NODES; and what is. The nodes are midpoints
   * of a bound that is convex: their sum is below the integral.
   */
  function nodesFor(
    features: Int32Array,
    c: Float64Array,
    b: number,
    sigma: number,
    step: number,
    tolerance: number,
  ): { nodes: number; error: number } {
    for (let nodes = FEWEST_NODES; ; nodes = Math.min(MOST_NODES, Math.ceil(1.3 * nodes))) {
      const omega = nodes * step;
      const error = (exp(sigma * b) * tailBound(features, c, sigma, omega)) / (2 * Math.PI * square(omega));
      if (error < tolerance || nodes === MOST_NODES) return { nodes, error };
    }
  }

  /**
   * 2ω² ∫ |products| / |z|³ from ω on is no greater. With E = |e^y| ≤ max(1, e^(cσ)), |u| ≤ min(E, (E + 1)/|cω|), which falls. Of the
   * own factor, |z u′| ≤ min(|z| E/2, (E + |u|)/|c|), of which the first grows with ω: it is integrated, as |z| ≤ σ + ω, and
   * ∫ (σ + ω)/ω³ = (σ/2 + ω)/ω².
   */
  function tailBound(features: Int32Array, c: Float64Array, sigma: number, omega: number): number {
    bounds.fill(0);
    features.forEach((j, k) => {
      const coefficient = at(c, j);
      const most = Math.max(1, exp(sigma * coefficient));
      const size = Math.min(most, (most + 1) / Math.abs(coefficient * omega));
      const density = at(p, j);
      if (k === 0) {
        const slopes = Math.min((sigma / 2 + omega) * most, (most + size) / Math.abs(coefficient));
        bounds[0] = 2 * (1 - density);
        bounds[1] = 2 * density * (size + slopes);
        return;
      }
      bounds[MORE] = at(bounds, MORE) * (1 - density + density * size) + density * size * at(bounds, MORE - 1);
      for (let state = MORE - 1; state >= 0; state--)
        bounds[state] = (1 - density) * at(bounds, state) + (state > 0 ? density * size * at(bounds, state - 1) : 0);
    });
    return at(bounds, MORE);
  }

  /** That more than MOST_ACTIVE are active, the own one among them or not: its own chances are `off` and `on`. */
  function chanceOfMany(features: Int32Array, off: number, on: number): number {
    bounds.fill(0);
    bounds[0] = off;
    bounds[1] = on;
    for (const j of features.subarray(1)) {
      const density = at(p, j);
      bounds[MORE] = at(bounds, MORE) + density * at(bounds, MORE - 1);
      for (let state = MORE - 1; state >= 0; state--)
        bounds[state] = (1 - density) * at(bounds, state) + (state > 0 ? density * at(bounds, state - 1) : 0);
    }
    return at(bounds, MORE);
  }

  /** e^y of each feature at the first node, half a step from the real line, and what turns it to the next. */
  function startTurning(features: Int32Array, c: Float64Array, sigma: number, step: number): void {
    features.forEach((j, k) => {
      const coefficient = at(c, j);
      const size = exp(coefficient * sigma);
      e.re[k] = size * cos((coefficient * step) / 2);
      e.im[k] = size * sin((coefficient * step) / 2);
      turn.re[k] = cos(coefficient * step);
      turn.im[k] = sin(coefficient * step);
    });
  }

  /** u and z u′ of each feature at this node; e^y goes on to the next. */
  function momentsOfAll(features: Int32Array, c: Float64Array, sigma: number, omega: number): void {
    for (let k = 0; k < features.length; k++) {
      moments(k, at(c, features[k] ?? 0), sigma, omega);
      const [er, ei] = [at(e.re, k), at(e.im, k)];
      e.re[k] = er * at(turn.re, k) - ei * at(turn.im, k);
      e.im[k] = er * at(turn.im, k) + ei * at(turn.re, k);
    }
  }

  /** The own factor: 2 E ReLU(s)²/2 − 2 E ReLU(s) x_own in one, w = 2 (u − z u′). */
  function beginWithOwn(density: number): void {
    product.re.fill(0);
    product.im.fill(0);
    product.re[0] = 2 * (1 - density);
    product.re[1] = 2 * density * (at(u.re, 0) - at(slope.re, 0));
    product.im[1] = 2 * density * (at(u.im, 0) - at(slope.im, 0));
  }

  /** All of this node's products that count, the own factor among them: what `value` is the integral of. */
  function total(): void {
    const first = STATES + 1;
    const [wr, wi] = [at(product.re, 1), at(product.im, 1)];
    held.re = at(product.re, 0) * at(rest.re, STATES) + wr * at(rest.re, first) - wi * at(rest.im, first);
    held.im = at(product.re, 0) * at(rest.im, STATES) + wr * at(rest.im, first) + wi * at(rest.re, first);
  }

  /** Its derivative in the own coefficient: dw/da = 2 (z u′ − z² u″). */
  function ownDerivative(a: number, density: number, sigma: number, omega: number): void {
    const [yr, yi] = [a * sigma, a * omega];
    const [ur, ui, sr, si] = [at(u.re, 0), at(u.im, 0), at(slope.re, 0), at(slope.im, 0)];
    // z² u″
    let [cr, ci] = [0, 0];
    if (square(yr) + square(yi) < square(SERIES_BELOW)) {
      series(yr, yi, 3, held);
      const [qr, qi] = [square(sigma) - square(omega), 2 * sigma * omega];
      cr = qr * held.re - qi * held.im;
      ci = qr * held.im + qi * held.re;
    } else {
      // e^y of this node is u y + 1
      const [er, ei] = [ur * yr - ui * yi + 1, ur * yi + ui * yr];
      cr = (sigma * er - omega * ei - 2 * sr) / a;
      ci = (sigma * ei + omega * er - 2 * si) / a;
    }
    const [dwr, dwi] = [2 * density * (sr - cr), 2 * density * (si - ci)];
    const first = STATES + 1;
    held.re = dwr * at(rest.re, first) - dwi * at(rest.im, first);
    held.im = dwr * at(rest.im, first) + dwi * at(rest.re, first);
  }

  /** The real part of (gr + i gi) times the derivative in each further coefficient, added to `dc`; `product` goes through them. */
  function addOthers(features: Int32Array, gr: number, gi: number, dc: Float64Array): void {
    for (let k = 1; k < features.length; k++) {
      const density = at(p, features[k] ?? 0);
      let [tr, ti] = [0, 0];
      for (let state = 0; state < STATES; state++) {
        const next = (k + 1) * STATES + after(state);
        tr += at(product.re, state) * at(rest.re, next) - at(product.im, state) * at(rest.im, next);
        ti += at(product.re, state) * at(rest.im, next) + at(product.im, state) * at(rest.re, next);
      }
      const [lr, li] = [density * at(slope.re, k), density * at(slope.im, k)];
      const [xr, xi] = [tr * lr - ti * li, tr * li + ti * lr];
      add(dc, features[k] ?? 0, gr * xr - gi * xi);
      multiplyOn(density, at(u.re, k), at(u.im, k));
    }
  }

  return (features, c, b, dc, tolerance) => {
    if (features.length <= MOST_ACTIVE) return { value: 0, db: 0, error: 0 };
    const own = features[0] ?? 0;
    const ownDensity = at(p, own);
    const missed = chanceOfMany(features, 0, ownDensity) / 3;
    let greatest = b;
    for (const j of features) greatest += Math.max(0, at(c, j));
    if (greatest <= 0) return { value: missed, db: 0, error: 0 };
    const period = Math.max(PERIODS * greatest, LEAST_PERIOD * (greatest - b));
    const sigma = DAMPING / period;
    const step = (2 * Math.PI) / period;
    const { nodes, error } = nodesFor(features, c, b, sigma, step, tolerance);
    startTurning(features, c, sigma, step);
    let [value, db] = [missed, 0];
    for (let node = 0; node < nodes; node++) {
      const omega = (node + 0.5) * step;
      momentsOfAll(features, c, sigma, omega);
      multiplyBack(features);
      beginWithOwn(ownDensity);
      // g = e^(zb) / z³ · step / π
      const size = square(sigma) + square(omega);
      const weight = (exp(sigma * b) * step) / (Math.PI * size * size * size);
      const [zr, zi] = [sigma * (square(sigma) - 3 * square(omega)), -omega * (3 * square(sigma) - square(omega))];
      const [br, bi] = [cos(omega * b), sin(omega * b)];
      const [gr, gi] = [weight * (br * zr - bi * zi), weight * (br * zi + bi * zr)];
      total();
      const [vr, vi] = [gr * held.re - gi * held.im, gr * held.im + gi * held.re];
      value += vr;
      db += vr * sigma - vi * omega;
      ownDerivative(at(c, own), ownDensity, sigma, omega);
      add(dc, own, gr * held.re - gi * held.im);
      addOthers(features, gr, gi, dc);
    }
    return {
      value,
      db,
      error: error + evenSpacing(period, greatest) * chanceOfMany(features, 1 - ownDensity, ownDensity),
    };
  };
}

/**
 * Even spacing adds what the output would be were s k periods greater, times e^(−k DAMPING), k = 1, 2, …: of ReLU(s)² − 2 ReLU(s) x,
 * no more than s (s + 2). The first is nearly all.
 */
function evenSpacing(period: number, greatest: number): number {
  const most = period + greatest;
  return 1.01 * exp(-DAMPING) * most * (most + 2);
}

interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const complex = (length: number): Complex => ({ re: new Float64Array(length), im: new Float64Array(length) });

/** ∫₀¹ x^(order − 1) e^(yx) dx = Σ_k y^k / (k! (k + order)): u, u′, u″ near y = 0. */
function series(yr: number, yi: number, order: number, into: { re: number; im: number }): void {
  let [re, im] = [1, 0];
  into.re = 1 / order;
  into.im = 0;
  for (let k = 1; k <= SERIES_TERMS; k++) {
    const next = (re * yr - im * yi) / k;
    im = (re * yi + im * yr) / k;
    re = next;
    into.re += re / (k + order);
    into.im += im / (k + order);
  }
}
