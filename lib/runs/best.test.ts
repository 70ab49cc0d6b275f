import { expect, test } from 'vitest';
import { bestReplicas } from './best.ts';

test('the lowest evaluation loss of each cell, and how many came within 3% of it', () => {
  expect(bestReplicas([0.3, 0.1, 0.102, 0.5, 0.4, 0.6], 3)).toEqual([
    { replica: 1, evaluationLoss: 0.1, found: 2 },
    { replica: 1, evaluationLoss: 0.4, found: 1 },
  ]);
});

test('ties go to the lowest replica', () => {
  expect(bestReplicas([0.2, 0.1, 0.1], 3)).toEqual([{ replica: 1, evaluationLoss: 0.1, found: 2 }]);
});

test('losses that are zero in float32 are all found', () => {
  expect(bestReplicas([0, 5e-8, 1e-3], 3)).toEqual([{ replica: 0, evaluationLoss: 0, found: 2 }]);
});

test('a replica that diverged is never the best', () => {
  expect(bestReplicas([NaN, Infinity, 0.4], 3)).toEqual([{ replica: 2, evaluationLoss: 0.4, found: 1 }]);
});

test('where all diverged, the first stands for the cell and none found it', () => {
  expect(bestReplicas([NaN, NaN], 2)).toEqual([{ replica: 0, evaluationLoss: NaN, found: 0 }]);
});
