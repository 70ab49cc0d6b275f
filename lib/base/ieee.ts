/**
 * exp, log, cos and sin from additions, multiplications, divisions and exact powers of two alone. IEEE 754 rounds those the
 * same way everywhere, while `Math.exp` and its like differ in the last bit between browsers; so these give the same bits on
 * every machine. Algorithms and coefficients are those of fdlibm (Sun Microsystems, 1993): errors stay below one unit in the
 * last place.
 */

/** ln 2 and π/2 in parts: the high ones end in zeros, so that k · high is exact for every k that occurs. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const HALF_PI_HIGH = 1.57079632673412561417;
const HALF_PI_MIDDLE = 6.0771005063039659766e-11;
const HALF_PI_LOW = 2.02226624879595063154e-21;

/** Past these e^x is ∞, or 0, in float64. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_54 = 18014398509481984;

/** cos and sin reduce their argument with three parts of π/2: exact enough up to here, radians. */
const TRIGONOMETRIC_RANGE = 1e5;

const EXP_COEFFICIENTS = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
];
const LOG_COEFFICIENTS = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
];
const COS_COEFFICIENTS = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.0875723212981748279e-9, -1.13596475577881948265e-11,
];
const SIN_COEFFICIENTS = [
  -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
  -2.50507602534068634195e-8, 1.58969099521155010221e-10,
];

/** x², where ** would be Math.pow. */
export const square = (x: number): number => x * x;

/** e^x, by e^x = 2^k e^r with |r| ≤ ½ ln 2 and a rational approximation of e^r. */
export function exp(x: number): number {
  if (!(x <= EXP_OVERFLOW)) return x !== x ? x : Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x / LN2_HIGH + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const z = r * r;
  const c = r - z * polynomial(EXP_COEFFICIENTS, z);
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k);
}

/** ln x, by x = 2^k (1 + f) with √½ < 1 + f < √2 and ln(1 + f) as a series in s = f / (2 + f). NaN below zero. */
export function log(x: number): number {
  if (!(x >= 0)) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  const { mantissa, exponent } = split(x);
  const f = mantissa - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const tail = s * (halfSquare + z * polynomial(LOG_COEFFICIENTS, z));
  return exponent * LN2_HIGH - (halfSquare - (tail + exponent * LN2_LOW) - f);
}

/** cos x for |x| ≤ 10^5 radians; NaN beyond. */
export const cos = (x: number): number => quarterTurns(x, 1);

/** sin x for |x| ≤ 10^5 radians; NaN beyond. */
export const sin = (x: number): number => quarterTurns(x, 0);

/** sin(x + turns · π/2), by x = k · π/2 + r with |r| ≤ π/4: every quarter turn exchanges sine and cosine. */
function quarterTurns(x: number, turns: number): number {
  if (!(Math.abs(x) <= TRIGONOMETRIC_RANGE)) return NaN;
  const k = Math.floor(x / HALF_PI_HIGH + 0.5);
  // The first difference is exact, and what rounding takes from the second is handed on as the low part.
  const near = x - k * HALF_PI_HIGH;
  const middle = k * HALF_PI_MIDDLE;
  const high = near - middle;
  const low = near - high - middle - k * HALF_PI_LOW;
  const r = high + low;
  const rest = high - r + low;
  const quarter = (k + turns) & 3;
  const value = (quarter & 1) === 0 ? sinNearZero(r, rest) : cosNearZero(r, rest);
  return (quarter & 2) === 0 ? value : -value;
}

/** cos(r + rest) for |r| ≤ π/4, rest below the last place of r. */
function cosNearZero(r: number, rest: number): number {
  const z = r * r;
  const half = 0.5 * z;
  const high = 1 - half;
  return high + (1 - high - half + (z * z * polynomial(COS_COEFFICIENTS, z) - r * rest));
}

/** sin(r + rest) for |r| ≤ π/4, rest below the last place of r. */
function sinNearZero(r: number, rest: number): number {
  const z = r * r;
  const cube = z * r;
  const [first = 0, ...others] = SIN_COEFFICIENTS;
  return r - (z * (0.5 * rest - cube * polynomial(others, z)) - rest - cube * first);
}

/** c_0 + c_1 x + c_2 x² + …, by Horner's rule. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** The eight bytes of a float64, to read and write its exponent. */
const bits = new DataView(new ArrayBuffer(8));

/** x > 0 → mantissa in [√½, √2) and exponent with x = mantissa · 2^exponent. */
function split(x: number): { mantissa: number; exponent: number } {
  if (x < SMALLEST_NORMAL) {
    const { mantissa, exponent } = split(x * TWO_54);
    return { mantissa, exponent: exponent - 54 };
  }
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  const mantissa = bits.getFloat64(0);
  const exponent = (high >>> 20) - 1023;
  return mantissa < Math.SQRT2 ? { mantissa, exponent } : { mantissa: mantissa / 2, exponent: exponent + 1 };
}

/** x · 2^k for |k| ≤ 1076, in halves: 2^k itself may be out of range where the product is not. */
function scaleByPowerOfTwo(x: number, k: number): number {
  const half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
