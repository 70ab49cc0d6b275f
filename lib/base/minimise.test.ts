import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from './matrix.ts';
import { minimise, type Objective } from './minimise.ts';

/** Σ 100 (x_{j+1} − x_j²)² + (1 − x_j)² */
const rosenbrock: Objective = (x, g) => {
  let value = 0;
  g.fill(0);
  for (let j = 0; j + 1 < x.length; j++) {
    const [a, b] = [at(x, j), at(x, j + 1)];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    g[j] = at(g, j) - 400 * a * (b - a * a) - 2 * (1 - a);
    g[j + 1] = at(g, j + 1) + 200 * (b - a * a);
  }
  return value;
};

test('Rosenbrock’s valley in 2 and 10 dimensions', () => {
  for (const d of [2, 10]) {
    const found = minimise(rosenbrock, new Float64Array(d).fill(-1.2));
    expect(found.slope).toBeLessThan(1e-8);
    expect(found.iterations).toBeLessThan(200);
    // In 10 dimensions there is a second minimum, near (−1, 1, …, 1).
    if (d === 2) found.x.forEach((value) => expect(value).toBeCloseTo(1, 8));
  }
});

const numbers = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 });

test('any quadratic form whose axes differ a hundredfold', () => {
  fc.assert(
    fc.property(numbers, numbers, (start, centre) => {
      const scale = (j: number): number => 10 ** ((2 * j) / 5);
      const form: Objective = (x, g) => {
        let value = 0;
        x.forEach((entry, j) => {
          const off = entry - (centre[j] ?? NaN);
          value += scale(j) * off * off;
          g[j] = 2 * scale(j) * off;
        });
        return value;
      };
      const found = minimise(form, Float64Array.from(start));
      found.x.forEach((entry, j) => expect(entry).toBeCloseTo(centre[j] ?? NaN, 7));
    }),
  );
});

test('|x| + x²: a kink at the minimum is found, though no slope is small there', () => {
  const found = minimise((x, g) => {
    const value = at(x, 0);
    g[0] = Math.sign(value) + 2 * value;
    return Math.abs(value) + value * value;
  }, Float64Array.of(2.7));
  expect(Math.abs(at(found.x, 0))).toBeLessThan(1e-9);
});

test('a start that is a minimum stays, and one that is no number ends', () => {
  expect(minimise(rosenbrock, Float64Array.of(1, 1))).toMatchObject({ iterations: 0, value: 0 });
  expect(minimise(rosenbrock, Float64Array.of(NaN, 1)).iterations).toBe(0);
});
