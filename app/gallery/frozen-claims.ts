/** What claims look like, without a ledger: a ratio that crosses 1, and quantities of every kind. */
import type { MeasuredQuantity } from '#lib/experiments/ledger';
import type { Curves } from '#lib/experiments/picture';

export const frozenCurves: Curves = {
  x: 'density p',
  y: 'loss / of two digons',
  scale: 'linear',
  series: ['pentagon', 'two digons'],
  guide: 1,
  points: Array.from({ length: 26 }, (_, k) => {
    const p = 0.1 + 0.01 * k;
    return [p, 1 + 2 * (p - 0.2249) - 4 * (p - 0.2249) * (p - 0.2249), 1.02 - 0.1 * p];
  }),
};

const quantity = (
  name: string,
  measured: readonly number[],
  rest: Partial<MeasuredQuantity> = {},
): MeasuredQuantity => ({
  name,
  measured,
  expected: 1,
  tolerance: 0.1,
  ...rest,
});

export const frozenQuantities: readonly MeasuredQuantity[] = [
  quantity('lengths of features 0 to 3', [1.01, 0.98, 1.04]),
  quantity('their angle', [89.9, 90.4, 92.5], { expected: 90, tolerance: 2, unit: '°' }),
  quantity('longest of the others', [0.02, 0.03, 0.01], { expected: 0.05, tolerance: 0, bound: 'at most' }),
  quantity('loss of the linear model / its own, at least so much', [2.2, 2.3, 2.1], {
    expected: 2,
    tolerance: 0,
    bound: 'at least',
  }),
  quantity('relative density of the crossing', [0.269], { expected: 0.269, tolerance: 0.02, paper: 0.4 }),
];
