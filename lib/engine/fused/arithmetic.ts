/** How a kernel multiplies and adds: rounded after each operation, the same everywhere; or fused, where the machine can. */
import { present } from '#lib/base/assert';
import { f32x4, i8x16, type Code } from './wasm/code.ts';

type Vector = Code<'v128'>;
type Product = readonly [Vector, Vector];

export interface Arithmetic {
  /** Whether `multiplyAdd` is one operation, for which its sum waits longer than for an addition. */
  readonly isFused: boolean;
  /** a · b + c */
  readonly multiplyAdd: (a: Vector, b: Vector, c: Vector) => Vector;
  /** c plus the sum of two products. */
  readonly addTwo: (c: Vector, first: Product, second: Product) => Vector;
  /** Bytes of a vector in another order, which names each below 16: the same bits in both, of one instruction or of three. */
  readonly permute: (bytes: Vector, order: Vector) => Vector;
}

/** Baseline SIMD: every operation rounded as IEEE 754 says. The same bits on every machine. */
export const PORTABLE: Arithmetic = {
  isFused: false,
  multiplyAdd: (a, b, c) => f32x4.add(f32x4.multiply(a, b), c),
  addTwo: (c, [a, b], [d, e]) => f32x4.add(c, f32x4.add(f32x4.multiply(a, b), f32x4.multiply(d, e))),
  permute: i8x16.swizzle,
};

/**
 * Relaxed SIMD: one operation, rounded once where the machine has it (every x86 since 2013, every 64-bit ARM), else as above. Bits
 * differ from machine to machine.
 */
export const RELAXED: Arithmetic = {
  isFused: true,
  multiplyAdd: f32x4.relaxedMultiplyAdd,
  addTwo: (c, first, second) => f32x4.relaxedMultiplyAdd(...second, f32x4.relaxedMultiplyAdd(...first, c)),
  permute: i8x16.relaxedSwizzle,
};

/** Σ a_i b_i, summed in order; of one product at least. */
export function sumOfProducts(arithmetic: Arithmetic, [first, ...others]: readonly Product[]): Vector {
  return addProducts(arithmetic, f32x4.multiply(...present(first, 'a product')), others);
}

/** c + Σ a_i b_i, in order. */
export const addProducts = ({ multiplyAdd }: Arithmetic, c: Vector, products: readonly Product[]): Vector =>
  products.reduce((sum, [a, b]) => multiplyAdd(a, b, sum), c);
