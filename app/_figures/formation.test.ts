import { describe, expect, it } from 'vitest';
import { transform, type Transform } from '#lib/measure/align';
import { polygon } from '#lib/measure/regular';
import type { Frame } from '#lib/runs/frame';
import {
  chainFromFirst,
  chainToLast,
  measureCell,
  measureFrame,
  partOfTurn,
  reveal,
  viewsAt,
  type MeasuredFrame,
} from './formation.ts';

const SHAPE = { n: 5, m: 2 };
const rotation = (angle: number): Transform => [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle)];

/** A pentagon of one cell, turned by `angle`. */
function frame(step: number, angle: number, length = 1): MeasuredFrame {
  const W = Float32Array.from(transform(polygon(5, length).W, rotation(angle)));
  return { step, cells: [measureCell(W, new Float32Array(5), SHAPE)] };
}

const expectPoints = (seen: readonly number[] | undefined, wanted: ArrayLike<number>): void => {
  Array.from(wanted).forEach((value, i) => {
    expect(seen?.[i]).toBeCloseTo(value, 5);
  });
};

it('measures an untied model by the matrix on the way in', () => {
  const { W } = polygon(5);
  const data = Float32Array.from(W);
  const b = { name: 'b', shape: [1, 5], data: new Float32Array(5) };
  const of = (...tensors: Frame['tensors']): MeasuredFrame =>
    measureFrame({ run: '', lease: 0, seq: 0, step: 3, from: 0, kept: true, tensors: [...tensors, b] }, SHAPE);
  const [tied, untied] = [
    of({ name: 'W', shape: [1, 5, 2], data }),
    of({ name: 'W1', shape: [1, 5, 2], data }, { name: 'W2', shape: [1, 5, 2], data: new Float32Array(10) }),
  ].map((frame) => chainToLast([frame])[0]?.views[0]);
  expect(untied?.points).toHaveLength(10);
  expect(untied?.gram).toEqual(tied?.gram);
  expect(untied?.points).toEqual(tied?.points);
});

describe('the kept frames as a chain', () => {
  it('turns each frame to the one before it, so that a rotation in between is not seen', () => {
    const chain = chainFromFirst([frame(0, 0.3), frame(10, 2), frame(100, -1)]);
    expectPoints(chain[2]?.views[0]?.points, chain[0]?.views[0]?.points ?? []);
  });

  it('stands in the usual orientation at the end: the first feature up, the next on the right', () => {
    const chain = chainToLast([frame(0, 0.3), frame(10, 2), frame(100, -1)]);
    for (const kept of chain) expectPoints(kept.views[0]?.points, polygon(5).W);
  });

  it('names the shape when it is asked', () => {
    expect(chainFromFirst([frame(0, 0)])[0]?.views[0]?.shape()).toBe('pentagon');
  });
});

describe('between two kept frames', () => {
  const chain = chainFromFirst([frame(0, 0, 0.6), frame(99, 0, 1)]);

  it('moves evenly in log(step + 1)', () => {
    expect(viewsAt(chain, 9)[0]?.norms[0]).toBeCloseTo(0.8);
    expect(viewsAt(chain, 99)[0]?.norms[0]).toBeCloseTo(1);
  });

  it('stays at the newest past the end, and is nothing where nothing was kept', () => {
    expect(viewsAt(chain, 5_000)[0]?.norms[0]).toBeCloseTo(1);
    expect(viewsAt([], 10)).toEqual([]);
  });
});

describe('the reveal', () => {
  it('starts at what was shown and ends at the best replica, as it usually stands', () => {
    const shown = chainFromFirst([frame(10, 1)])[0]?.views ?? [];
    const best = chainToLast([frame(10, 2, 1.1)])[0]?.views ?? [];
    expect(reveal(shown, best, 0)).toBe(shown);
    expectPoints(reveal(shown, best, 1)[0]?.points, polygon(5, 1.1).W);
  });

  it.each([
    ['a rotation', rotation(2.5)],
    ['a reflection', [Math.cos(2), Math.sin(2), Math.sin(2), -Math.cos(2)] as const],
  ])('undoes %s on the way from it to nothing', (_, turn) => {
    expectPoints(partOfTurn(turn, 0), turn);
    expectPoints(partOfTurn(turn, 1), [1, 0, 0, 1]);
  });
});
