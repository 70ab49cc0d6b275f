/** Ways to say what is measured and what is expected. */
import type { Quantity } from '../claim.ts';

interface Further {
  readonly unit?: string;
  /** What the paper, or its re-runs, say instead. */
  readonly paper?: number | string;
  readonly paperTolerance?: number;
  /** Of small runs, where it is not the same. */
  readonly smallTolerance?: number;
}

/** expected ± tolerance */
export const near = (
  name: string,
  measured: number,
  expected: number,
  tolerance: number,
  further: Further = {},
): Quantity => ({ name, measured, expected, tolerance, ...further });

/** A count or a name. */
export const equal = <V extends number | string>(
  name: string,
  measured: V,
  expected: V,
  further: Further = {},
): Quantity => ({
  name,
  measured,
  expected,
  tolerance: 0,
  ...further,
});

export const atLeast = (name: string, measured: number, expected: number, further: Further = {}): Quantity => ({
  name,
  measured,
  expected,
  tolerance: 0,
  bound: 'at least',
  ...further,
});

export const atMost = (name: string, measured: number, expected: number, further: Further = {}): Quantity => ({
  name,
  measured,
  expected,
  tolerance: 0,
  bound: 'at most',
  ...further,
});

/** The value that is furthest from where all should be; NaN, which nothing meets, where there is none. */
export const furthest = (values: Iterable<number>, from: number): number =>
  [...values].reduce((worst, value) => (Math.abs(value - from) <= Math.abs(worst - from) ? worst : value), NaN);

export const least = (values: Iterable<number>): number => Math.min(...values);
export const greatest = (values: Iterable<number>): number => Math.max(...values);
