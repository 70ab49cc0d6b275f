/**
 * The data of the toy models: x_i = 0 with probability S = 1 − p, else uniform in [0, 1), features independent (paper,
 * "Demonstrating superposition"). One draw decides both: given that u < p, u/p is uniform again.
 */
import { draw } from '#lib/base/random';

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

/** 32 random bits → x, a float32. The product is rounded once, and at the very top of the range to 1. */
export const featureValue = (bits: number, { threshold, scale }: DensityCode): number =>
  bits < threshold ? Math.fround((bits >>> 8) * scale) : 0;

/** Fills x [samples, n] with samples first, first + 1, … of a key; draw number sample · n + feature. */
export function sampleBatch(x: Float64Array, n: number, key: number, density: number, first = 0): void {
  const code = densityCode(density);
  for (let i = 0; i < x.length; i++) x[i] = featureValue(draw(key, first * n + i), code);
}
