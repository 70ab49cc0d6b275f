/**
 * A cube that the plane s = c · x + b = 0 cuts, in closed form. Integrating s₊^q along one coordinate after another leaves a sum
 * over the corners v of the cube, with s_v = c · v + b and l coordinates:
 *
 *     E s₊^q / q!  =  1/(c_1 ⋯ c_l)  Σ_v (−1)^(l − |v|) (s_v)₊^(l+q) / (l+q)!          (M_q below)
 *
 * By parts, E x_j s₊^q / q! = N_q,j − M_(q+1) / c_j, where N_q,j is the same sum over the corners with v_j = 1; once more for a
 * second coordinate. All that an expected error and its derivatives need comes from q = 0, 1, 2.
 */
import { square } from '#lib/base/ieee';
import { add, at } from '#lib/base/matrix';

export interface CubeIntegral {
  readonly value: number;
  readonly db: number;
}

/**
 * The first l of `c`, none of them 0; b; what s₊ should be: a number, or 'own', the coordinate of c_0 → E (target − s₊)², its
 * derivative in b, and those in c into `dc`.
 */
export type Corners = (c: Float64Array, l: number, b: number, target: number | 'own', dc: Float64Array) => CubeIntegral;

/** It holds the scratch memory for up to `most` coordinates. */
export function createCorners(most: number): Corners {
  const count = 1 << most;
  /** (−1)^|v| */
  const signs = new Int8Array(count).fill(1);
  for (let bit = 1; bit < count; bit <<= 1) for (let v = 0; v < bit; v++) signs[v | bit] = -(signs[v] ?? 1);
  const s = new Float64Array(count);
  /** ± s₊^l and ± s₊^(l+1); folded away coordinate by coordinate. */
  const low = new Float64Array(count);
  const high = new Float64Array(count);
  /** N_0 and N_1, and N_0 with the own coordinate at 1 as well. */
  const N0 = new Float64Array(most);
  const N1 = new Float64Array(most);
  const N00 = new Float64Array(most);

  /** → Σ ± s₊^(l+2) */
  function powers(c: Float64Array, l: number, b: number): number {
    s[0] = b;
    for (let d = 0, bit = 1; d < l; d++, bit <<= 1) for (let v = 0; v < bit; v++) s[v | bit] = at(s, v) + at(c, d);
    const parity = l % 2 === 0 ? 1 : -1;
    let total = 0;
    for (let v = 0; v < 1 << l; v++) {
      const x = at(s, v);
      if (x <= 0) {
        low[v] = 0;
        high[v] = 0;
        continue;
      }
      let power = parity * (signs[v] ?? 1);
      for (let d = 0; d < l; d++) power *= x;
      low[v] = power;
      high[v] = power * x;
      total += power * x * x;
    }
    return total;
  }

  /** The halves of `low` and `high` with v_d = 1 are added up and laid upon the others; bit 0, the own coordinate, is left. */
  function fold(l: number, f0: number, f1: number): void {
    for (let d = l - 1, bit = 1 << d; d > 0; d--, bit >>= 1) {
      let [without, with_, above] = [0, 0, 0];
      for (let v = 0; v < bit; v += 2) {
        const [even, odd] = [at(low, bit + v), at(low, bit + v + 1)];
        const [highEven, highOdd] = [at(high, bit + v), at(high, bit + v + 1)];
        without += even;
        with_ += odd;
        above += highEven + highOdd;
        add(low, v, even);
        add(low, v + 1, odd);
        add(high, v, highEven);
        add(high, v + 1, highOdd);
      }
      N0[d] = f0 * (without + with_);
      N00[d] = f0 * with_;
      N1[d] = f1 * above;
    }
    N0[0] = l === 0 ? 0 : f0 * at(low, 1);
    N1[0] = l === 0 ? 0 : f1 * at(high, 1);
  }

  return (c, l, b, target, dc) => {
    let scale = 1;
    for (let d = 0; d < l; d++) scale /= at(c, d) * (d + 1);
    const M2 = (scale / ((l + 1) * (l + 2))) * powers(c, l, b);
    fold(l, scale, scale / (l + 1));
    const M0 = scale * (l === 0 ? at(low, 0) : at(low, 0) + at(low, 1));
    const M1 = (scale / (l + 1)) * (l === 0 ? at(high, 0) : at(high, 0) + at(high, 1));
    if (target !== 'own') {
      for (let d = 0; d < l; d++) dc[d] = 2 * byParts(N1, d, M2, c) - 2 * target * byParts(N0, d, M1, c);
      return { value: square(target) - 2 * target * M1 + 2 * M2, db: 2 * M1 - 2 * target * M0 };
    }
    const a = at(c, 0);
    const squares = at(N0, 0) - (2 * at(N1, 0)) / a + (2 * M2) / square(a);
    dc[0] = 2 * byParts(N1, 0, M2, c) - 2 * squares;
    for (let d = 1; d < l; d++) {
      const together = at(N00, d) - at(N1, 0) / at(c, d) - at(N1, d) / a + M2 / (a * at(c, d));
      dc[d] = 2 * byParts(N1, d, M2, c) - 2 * together;
    }
    return { value: 1 / 3 - 2 * byParts(N1, 0, M2, c) + 2 * M2, db: 2 * M1 - 2 * byParts(N0, 0, M1, c) };
  };
}

/** E x_d s₊^q / q! */
const byParts = (N: Float64Array, d: number, M: number, c: Float64Array): number => at(N, d) - M / at(c, d);
