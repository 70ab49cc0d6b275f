/**
 * One output of a model of more features than sparsity patterns can be gone through for. Features are independent: x_j is 0, or with
 * probability p_j uniform in [0, 1). The output is ReLU(s) with s = b + Σ_j c_j x_j and should be x_own. Patterns of at most
 * MOST_ACTIVE active features are gone through, as everywhere (cube.ts); what more of them do is integrated at once (many-active.ts).
 * Features with coefficients of at most UNFELT are stood in for by one that takes two values, with their mean and variance.
 */
import { square } from '#lib/base/ieee';
import { add, at } from '#lib/base/matrix';
import { createCube } from './cube.ts';
import { createManyActive, MOST_ACTIVE, type CrowdIntegral, type Part } from './many-active.ts';
import { variance } from './strategies.ts';

/** Features that move s by less count by the mean and the spread of what they do together. */
const UNFELT = 1e-3;
/** A spread below it is none. */
const NO_SPREAD = 1e-8;

export interface CrowdOutput extends CrowdIntegral {
  /**
   * What the two values that stand in for the features with small coefficients cost `value` beside `error`, at most; it comes near
   * that only where the bias is at the kink. 0 where there are none.
   */
  readonly standIn: number;
}

export interface Crowd {
  /** Coefficients c [n] → E (x_own − ReLU(s))², integrated to `tolerance` if it can be, and its derivatives in c into `dc` [n]. */
  readonly integrate: (c: Float64Array, b: number, own: number, dc: Float64Array, tolerance: number) => CrowdOutput;
}

/** For densities p [n]. One at a time: it holds the scratch memory. */
export function createCrowd(p: Float64Array): Crowd {
  const n = p.length;
  const few = createFewActive(p);
  const many = createManyActive(p);
  const felt = new Int32Array(n);
  const others = new Int32Array(n);
  const dcBelow = new Float64Array(n);

  /** The features that s feels, at one place of the others. */
  function atPlace(active: Int32Array, c: Float64Array, b: number, dc: Float64Array, tolerance: number): CrowdIntegral {
    dc.fill(0);
    const one = few(active, c, b, dc, tolerance);
    const other = many(active, c, b, dc, tolerance);
    return { value: one.value + other.value, db: one.db + other.db, error: other.error };
  }

  return {
    integrate(c, b, own, dc, tolerance) {
      felt[0] = own;
      let [count, unfelt] = [1, 0];
      let [mean, spread] = [b, 0];
      for (let j = 0; j < n; j++)
        if (j === own) continue;
        else if (Math.abs(at(c, j)) > UNFELT) felt[count++] = j;
        else {
          others[unfelt++] = j;
          mean += (at(p, j) * at(c, j)) / 2;
          spread += variance(at(p, j)) * square(at(c, j));
        }
      const active = felt.subarray(0, count);
      const deviation = Math.sqrt(spread);
      // One place, or two with the same mean and variance.
      const isSpread = deviation > NO_SPREAD;
      const above = atPlace(active, c, mean + (isSpread ? deviation : 0), dc, tolerance);
      const below = isSpread ? atPlace(active, c, mean - deviation, dcBelow, tolerance) : above;
      if (isSpread) for (const j of active) dc[j] = (at(dc, j) + at(dcBelow, j)) / 2;
      const db = (above.db + below.db) / 2;
      const byDeviation = isSpread ? (above.db - below.db) / (2 * deviation) : 0;
      for (const j of others.subarray(0, unfelt))
        dc[j] = (db * at(p, j)) / 2 + byDeviation * variance(at(p, j)) * at(c, j);
      return {
        value: (above.value + below.value) / 2,
        db,
        error: Math.max(above.error, below.error),
        standIn: standInBound(spread, at(p, own)),
      };
    },
  };
}

/**
 * For any s and a random t, E ReLU(s + t)² lies above the tangent to ReLU² at s + E t by 0 to the variance, as its curvature is 0 to 2;
 * E ReLU(s + t) above ReLU(s + E t) by 0 to half the deviation. So two t of one mean and variance differ by no more; x_own has mean p/2.
 */
const standInBound = (spread: number, ownDensity: number): number => spread + (ownDensity * Math.sqrt(spread)) / 2;

/** All patterns of at most MOST_ACTIVE of the features. */
function createFewActive(p: Float64Array): Part {
  const cube = createCube('relu', MOST_ACTIVE);
  const scratch = Array.from({ length: MOST_ACTIVE + 1 }, (_, k) => ({
    c: new Float64Array(k),
    dc: new Float64Array(k),
  }));
  const chosen = new Int32Array(MOST_ACTIVE);
  /** That none of the features from this place on is active. */
  const none = new Float64Array(p.length + 1);
  let [value, db] = [0, 0];

  return (features, c, b, dc) => {
    value = 0;
    db = 0;
    none[features.length] = 1;
    for (let k = features.length - 1; k >= 0; k--) none[k] = at(none, k + 1) * (1 - at(p, features[k] ?? 0));

    /** The pattern of the first k of `chosen`. */
    const take = (k: number, probability: number): void => {
      const room = scratch[k];
      if (room === undefined || probability === 0) return;
      for (let place = 0; place < k; place++) room.c[place] = at(c, chosen[place] ?? 0);
      const ownPlace = k > 0 && chosen[0] === features[0] ? 0 : -1;
      const integral = cube.integrate(room.c, b, ownPlace, room.dc);
      value += probability * integral.value;
      db += probability * integral.db;
      for (let place = 0; place < k; place++) add(dc, chosen[place] ?? 0, probability * at(room.dc, place));
    };
    /** `probability`: of what has been chosen among the features before `from`. */
    const visit = (from: number, k: number, probability: number): void => {
      take(k, probability * at(none, from));
      let before = probability;
      for (let next = from; k < MOST_ACTIVE && next < features.length && before > 0; next++) {
        const j = features[next] ?? 0;
        chosen[k] = j;
        visit(next + 1, k + 1, before * at(p, j));
        before *= 1 - at(p, j);
      }
    };
    visit(0, 0, 1);
    return { value, db, error: 0 };
  };
}
