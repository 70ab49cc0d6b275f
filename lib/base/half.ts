/** IEEE binary16: two bytes a number, three digits, up to 65,504. For what is drawn, not for what is trained on. */

const FRACTION = 10;
const BIAS = 15;
/** Of the least number that is not subnormal. */
const LEAST_EXPONENT = 1 - BIAS;
const INFINITE = 0x7c00;
const QUIET_NAN = 0x7e00;

/** The nearest one's 16 bits; ties to even. Beyond the greatest: infinity. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return QUIET_NAN;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign | INFINITE;
  const exponent = Math.max(LEAST_EXPONENT, exponentOf(size));
  // In units of the last place; one that rounds up to the next power of two carries into the exponent by itself.
  const units = roundToEven(size * powerOfTwo(FRACTION - exponent));
  const bits = units + ((exponent - LEAST_EXPONENT) << FRACTION);
  return sign | Math.min(INFINITE, bits);
}

/** ⌊log₂⌋ of a positive number, exactly: of a float32's bits. */
function exponentOf(size: number): number {
  SCRATCH.setFloat32(0, size);
  const biased = (SCRATCH.getUint32(0) >>> 23) & 0xff;
  return biased === 0 ? LEAST_EXPONENT : biased - 127;
}

/** 2^exponent, from −126 to 127. */
function powerOfTwo(exponent: number): number {
  SCRATCH.setUint32(0, (exponent + 127) << 23);
  return SCRATCH.getFloat32(0);
}

const SCRATCH = new DataView(new ArrayBuffer(4));

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> FRACTION) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * powerOfTwo(LEAST_EXPONENT - FRACTION);
  return sign * (1_024 + fraction) * powerOfTwo(exponent - BIAS - FRACTION);
}
