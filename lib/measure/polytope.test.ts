import { expect, test } from 'vitest';
import { arrangementName, interferenceGraph, polytopeName, polytopes } from './polytope.ts';
import { digon, polygon, squareAntiprism, tegum, tetrahedron, type Arrangement } from './regular.ts';

const named = (shape: Arrangement): string[] => polytopes(shape.W, shape).map(({ name }) => name);
const point: Arrangement = { n: 1, m: 1, W: Float64Array.of(1) };

test('each regular arrangement by its name', () => {
  expect([point, digon(), polygon(3), polygon(5), tetrahedron(), squareAntiprism()].map(named)).toEqual([
    ['dedicated dimension'],
    ['digon'],
    ['triangle'],
    ['pentagon'],
    ['tetrahedron'],
    ['square antiprism'],
  ]);
});

test('tegum products come apart: a square is two digons, a bipyramid a polygon and a digon', () => {
  expect(named(polygon(4))).toEqual(['digon', 'digon']);
  expect(named(tegum(polygon(5), digon()))).toEqual(['pentagon', 'digon']);
  expect(named(tegum(point, tetrahedron()))).toEqual(['dedicated dimension', 'tetrahedron']);
});

test('features by index, without those that are not represented', () => {
  const W = Float32Array.of(1, 0, 0, 0.1, 0, 1, -0.9, 0.01);
  expect(polytopes(W, { n: 4, m: 2 })).toEqual([
    { features: [0, 3], rank: 1, name: 'digon' },
    { features: [2], rank: 1, name: 'dedicated dimension' },
  ]);
});

test('what the paper has no name for is named by its numbers', () => {
  expect([polytopeName(5, 4), polytopeName(9, 2), polytopeName(2, 2), polytopeName(3, 1), polytopeName(7, 3)]).toEqual([
    '4-simplex',
    '9-gon',
    '2 features in 2 dimensions',
    '3 features in 1 dimension',
    '7 features in 3 dimensions',
  ]);
});

test('tegum products of two and three dimensions have names of their own', () => {
  const name = (shape: Arrangement): string | undefined => arrangementName(shape.W, shape);
  expect([
    name(polygon(4)),
    name(tegum(digon(), polygon(3))),
    name(tegum(polygon(5), digon())),
    name(tegum(digon(), digon(), digon())),
    name(squareAntiprism()),
    name(tegum(point, tetrahedron())),
  ]).toEqual(['square', 'triangular bipyramid', 'pentagonal bipyramid', 'octahedron', 'square antiprism', undefined]);
});

test('the feature graph of a bipyramid: ten edges of the pentagon, one of the poles', () => {
  const shape = tegum(polygon(5, 1.1), digon());
  const edges = interferenceGraph(shape.W, shape);
  expect(edges).toHaveLength(11);
  expect(edges.at(-1)).toEqual({ features: [5, 6], cosine: -1, interference: 1 });
  expect(edges[0]?.interference).toBeCloseTo(1.21 * Math.cos((2 * Math.PI) / 5), 12);
});
