/**
 * The data of the toy models (paper, "Demonstrating superposition" and "Correlated features"): a feature is 0 with probability
 * 1 − p, else uniform. Every number is a function of a key and of its place, sample · n + feature, so that no engine stores data.
 */
import { at } from '#lib/base/matrix';
import { draw, mix, streamRoot, toUnit, type Origin, type Stream } from '#lib/base/random';

/**
 * How features hang together.
 *
 * - independent: x_i is 0, or uniform in [0, 1).
 * - signed: independent, with a fair sign: uniform in (−1, 1).
 * - correlated: the features of a set are active together or not at all, each with a value of its own.
 * - anticorrelated: of a set that is active exactly one feature is, each as often as the others.
 * - finite: so many examples, drawn once as independent features and scaled to length one ("Superposition, Memorization, and Double
 *   Descent"); samples go through them in a circle.
 *
 * A set is `setSize` features in a row, the last one perhaps fewer, and as dense as its first feature.
 */
export type Dependence =
  | { readonly kind: 'independent' }
  | { readonly kind: 'signed' }
  | { readonly kind: 'correlated'; readonly setSize: number }
  | { readonly kind: 'anticorrelated'; readonly setSize: number }
  | { readonly kind: 'finite'; readonly examples: number };

/** What one model's data are drawn from. */
export type Distribution = Dependence & {
  /** [n] p_i */
  readonly density: Float64Array;
};

/** One key for each thing that is drawn. */
export type DataKeys = Readonly<Record<'data' | 'group' | 'member' | 'sign', number>>;
const DRAWN = ['data', 'group', 'member', 'sign'] as const satisfies readonly Stream[];

const keysFrom = (keyOf: (stream: (typeof DRAWN)[number]) => number): DataKeys =>
  Object.fromEntries(DRAWN.map((stream) => [stream, keyOf(stream)])) as DataKeys;

/** Of the minibatch that follows `step` updates. */
export const trainingKeys = (origin: Origin, step: number): DataKeys => trainingKeysOf(origin)(step);

/** The same for many steps of one origin: of a small model's step, a tenth would go into what all its keys have in common. */
export function trainingKeysOf(origin: Origin): (step: number) => DataKeys {
  const { data, group, member, sign } = trainingRoots(origin);
  const at = (root: number, step: number): number => mix((root ^ step) >>> 0);
  return (step) => ({ data: at(data, step), group: at(group, step), member: at(member, step), sign: at(sign, step) });
}

/** What an origin's keys have in common: `mix(root ^ step)` is the key of a step. */
export const trainingRoots = (origin: Origin): DataKeys => keysFrom((stream) => streamRoot(origin, stream));

/** Of the evaluation samples, which are the same in every run; the stream's step says what is drawn, 0 being the data. */
export function evaluationKeys(): DataKeys {
  const roots = evaluationRoots();
  return keysFrom((stream) => mix(roots[stream]));
}

/** `mix(root)` is a key of the evaluation samples. */
export function evaluationRoots(): DataKeys {
  const root = streamRoot({ seed: 0, cell: 0, replica: 0 }, 'evaluation');
  return keysFrom((stream) => (root ^ DRAWN.indexOf(stream)) >>> 0);
}

/** What an engine needs of a density p to turn 32 random bits into x, the same float32 on every engine. */
export interface DensityCode {
  /** Active if bits < threshold, as uint32; 2^32 means always, which no uint32 comparison says: engines give p ≥ 1 its own case. */
  readonly threshold: number;
  /** float32 by which (bits >>> 8) is multiplied, in float32, to give x. */
  readonly scale: number;
}

/** ⌊p · 2^32⌋, at most 2^32. */
export const activationThreshold = (density: number): number => Math.floor(Math.min(density, 1) * 0x100000000);

/** 1 / (p · 2^24) in float32. */
export const valueScale = (density: number): number => Math.fround(1 / (Math.min(density, 1) * 0x1000000));

export const densityCode = (density: number): DensityCode => ({
  threshold: activationThreshold(density),
  scale: valueScale(density),
});

/**
 * 32 random bits → x, a float32. One draw decides both: given that u < p, u/p is uniform again. The product is rounded once, and at
 * the very top of the range to 1.
 */
export const featureValue = (bits: number, { threshold, scale }: DensityCode): number =>
  bits < threshold ? Math.fround((bits >>> 8) * scale) : 0;

/** 32 random bits → which of `size` ≤ 65,536 members, by the upper 16 of them: the product fits in 32 bits, which is all that WGSL has. */
export const chosenMember = (bits: number, size: number): number => ((bits >>> 16) * size) >>> 16;

/** Bit 31 of a draw of the stream `sign` says minus. */
export const isNegative = (bits: number): boolean => bits >= 0x80000000;

/** Fills x [samples, n] with samples first, first + 1, … of the keys. Every value is a float32. */
export function drawSamples(x: Float64Array, distribution: Distribution, keys: DataKeys, first = 0): void {
  const n = distribution.density.length;
  const fill = sampler(distribution, keys);
  for (let start = 0; start < x.length; start += n) fill(x, start, first + start / n);
}

/** The same of independent features, all of density p. */
export function sampleBatch(x: Float64Array, n: number, key: number, density: number, first = 0): void {
  const keys = { data: key, group: 0, member: 0, sign: 0 };
  drawSamples(x, { kind: 'independent', density: new Float64Array(n).fill(density) }, keys, first);
}

/** Writes one sample into x from `start` on. */
type Sampler = (x: Float64Array, start: number, sample: number) => void;

function sampler(distribution: Distribution, keys: DataKeys): Sampler {
  switch (distribution.kind) {
    case 'independent':
      return independent(distribution, keys);
    case 'signed':
      return signed(distribution, keys);
    case 'correlated':
    case 'anticorrelated':
      return inSets(distribution, keys);
    case 'finite':
      return finite(distribution, keys);
  }
}

function independent({ density }: Distribution, keys: DataKeys): Sampler {
  const codes = Array.from(density, densityCode);
  const n = codes.length;
  return (x, start, sample) => {
    codes.forEach((code, i) => {
      x[start + i] = featureValue(draw(keys.data, sample * n + i), code);
    });
  };
}

function signed(distribution: Distribution, keys: DataKeys): Sampler {
  const fill = independent(distribution, keys);
  const n = distribution.density.length;
  return (x, start, sample) => {
    fill(x, start, sample);
    for (let i = 0; i < n; i++)
      if (at(x, start + i) !== 0 && isNegative(draw(keys.sign, sample * n + i))) x[start + i] = -at(x, start + i);
  };
}

/** The draws of a set are those of its first feature's place; the values, each of its own. */
function inSets(
  { kind, setSize, density }: Extract<Distribution, { kind: 'correlated' | 'anticorrelated' }>,
  keys: DataKeys,
): Sampler {
  const n = density.length;
  return (x, start, sample) => {
    x.fill(0, start, start + n);
    for (let set = 0; set < n; set += setSize) {
      const place = sample * n + set;
      if (draw(keys.group, place) >= activationThreshold(at(density, set))) continue;
      const size = Math.min(setSize, n - set);
      const member = chosenMember(draw(keys.member, place), size);
      for (let i = 0; i < size; i++)
        if (kind === 'correlated' || i === member) x[start + set + i] = toUnit(draw(keys.data, place + i));
    }
  };
}

function finite(distribution: Extract<Distribution, { kind: 'finite' }>, keys: DataKeys): Sampler {
  const fill = independent(distribution, keys);
  return (x, start, sample) => {
    fill(x, start, sample % distribution.examples);
    toUnitLength(x.subarray(start, start + distribution.density.length));
  };
}

/** x / ‖x‖ in float32, summed in order; a sample in which nothing is active stays as it is. */
function toUnitLength(x: Float64Array): void {
  let squares = 0;
  for (const value of x) squares += value * value;
  if (squares === 0) return;
  const length = Math.sqrt(squares);
  x.forEach((value, i) => {
    x[i] = Math.fround(value / length);
  });
}
