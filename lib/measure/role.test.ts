import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dimensionality } from './dimensionality.ts';
import { gram } from './gram.ts';
import { digon, polygon, tegum, type Arrangement } from './regular.ts';
import { featureRoles, type FeatureRole } from './role.ts';

const rolesOf = ({ W, ...shape }: Arrangement): readonly FeatureRole[] =>
  featureRoles(gram(W, shape), new Float64Array(shape.n).fill(1));

test('each feature of a bipyramid is a corner of its own factor', () => {
  const roles = rolesOf(tegum(polygon(5), digon()));
  expect(roles.map(({ shape }) => shape)).toEqual([...new Array<string>(5).fill('pentagon'), 'digon', 'digon']);
  expect(roles[0]?.cosines[0]).toBeCloseTo(Math.cos((144 * Math.PI) / 180), 12);
  expect(roles[6]?.cosines[0]).toBeCloseTo(-1, 12);
});

test('a feature that is not represented is a corner of nothing', () => {
  const W = Float64Array.of(1, 0, 0, 0.01);
  expect(rolesOf({ n: 2, m: 2, W }).map(({ shape }) => shape)).toEqual(['dedicated dimension', null]);
});

const weights = fc.record({ n: fc.integer({ min: 1, max: 9 }), m: fc.integer({ min: 2, max: 3 }) }).chain(({ n, m }) =>
  fc.record({
    n: fc.constant(n),
    m: fc.constant(m),
    W: fc
      .array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: n * m, maxLength: n * m })
      .map((values) => Float64Array.from(values)),
  }),
);

/** W with its first two hidden dimensions turned, and the first reflected where asked. */
function turned({ n, m, W }: Arrangement, angle: number, mirror: boolean): Arrangement {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const out = W.slice();
  for (let i = 0; i < n; i++) {
    const [x = 0, y = 0] = [W[i * m], W[i * m + 1]];
    out[i * m] = (mirror ? -1 : 1) * (c * x - s * y);
    out[i * m + 1] = s * x + c * y;
  }
  return { n, m, W: out };
}

test('roles do not depend on how hidden space is turned or reflected (to 1e-9)', () => {
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 6.3, noNaN: true }), fc.boolean(), (model, angle, mirror) => {
      const [before, after] = [rolesOf(model), rolesOf(turned(model, angle, mirror))];
      before.forEach((role, i) => {
        expect(after[i]?.norm).toBeCloseTo(role.norm, 9);
        expect(after[i]?.share).toBeCloseTo(role.share, 6);
      });
    }),
  );
});

test('the share of a dimension is what `dimensionality` says of W (to 1e-9)', () => {
  fc.assert(
    fc.property(weights, (model) => {
      const expected = dimensionality(model.W, model);
      rolesOf(model).forEach(({ share, norm }, i) => {
        if (norm > 1e-3) expect(share).toBeCloseTo(expected[i] ?? NaN, 9);
      });
    }),
  );
});
