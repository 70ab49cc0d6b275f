import { expect, test } from 'vitest';
import { initialWeights, normal, xavierDeviation } from './init.ts';

const origin = { seed: 1, cell: 0, replica: 0 };

test('the first weights of seed 1 are these, bit for bit', () => {
  expect([...initialWeights({ n: 3, m: 1 }, 1, origin)]).toEqual([
    0.6966376304626465, 0.412881463766098, -1.4616755247116089,
  ]);
});

test('normal numbers have mean 0, variance 1 and kurtosis 3, within 4 standard errors of 10^5 draws', () => {
  const count = 100_000;
  const moment = (power: number): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += normal(77, i) ** power;
    return sum / count;
  };
  expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(count));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
});

test("the deviation is initScale times Xavier's: .535 for n = 5, m = 2", () => {
  expect(xavierDeviation({ n: 5, m: 2 })).toBeCloseTo(0.5345, 4);
  const shape = { n: 100, m: 100 };
  const W = initialWeights(shape, 0.3, origin);
  const squares = W.reduce((sum, w) => sum + w * w, 0);
  expect(Math.sqrt(squares / W.length) / (0.3 * xavierDeviation(shape))).toBeCloseTo(1, 1);
});

test('every replica and cell starts elsewhere; the same one always starts the same', () => {
  const starts = [origin, { ...origin, cell: 1 }, { ...origin, replica: 1 }, { ...origin, seed: 2 }].map((each) =>
    initialWeights({ n: 5, m: 2 }, 1, each).join(),
  );
  expect(new Set(starts).size).toBe(starts.length);
  expect(initialWeights({ n: 5, m: 2 }, 1, { ...origin }).join()).toBe(starts[0]);
});
