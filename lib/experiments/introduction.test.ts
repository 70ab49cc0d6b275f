import { expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { polygon } from '#lib/measure/regular';
import { cellCount, instanceCount, cellParameters } from '#lib/spec/cells';
import { differingParameters } from '#lib/spec/parameters-of';
import { resolve } from '#lib/spec/resolve';
import { isMet, type FinishedRun, type StatisticalClaim } from './claim.ts';
import { INTRODUCTION_CLAIMS } from './claims/introduction.ts';
import { claimSpec, parametersOf } from './experiment.ts';
import { experimentOf, experimentParameters } from './index.ts';
import { introduction } from './introduction.ts';
import { isTrainedBy, NOTEBOOK_TRAINING } from './training.ts';

test("its run is the notebook's: 10 densities 20^-linspace(0, 1, 10), 10,000 steps of 1,024 samples", () => {
  const spec = resolve(parametersOf(introduction));
  expect([cellCount(spec), instanceCount(spec), spec.steps, spec.batch]).toEqual([10, 160, 10_000, 1_024]);
  for (let cell = 0; cell < 10; cell++) expect(cellParameters(spec, cell).density).toBeCloseTo(20 ** (-cell / 9), 14);
});

test('a room begins with the same models, trained quickly, on a 40th of the samples', () => {
  const [notebook, quick] = [
    parametersOf(introduction),
    present(experimentParameters('introduction'), 'its parameters'),
  ];
  expect(differingParameters(notebook, quick).toSorted()).toEqual(['batch', 'learningRate', 'schedule', 'steps']);
  expect(isTrainedBy(quick, introduction.quick)).toBe(true);
  expect(isTrainedBy(quick, NOTEBOOK_TRAINING)).toBe(false);
  expect(isTrainedBy(notebook, NOTEBOOK_TRAINING)).toBe(true);
  expect((notebook.batch * notebook.steps) / (quick.batch * quick.steps)).toBeCloseTo(40, 0);
});

test('it is found by its key, and nothing else is', () => {
  expect(experimentOf('introduction')).toBe(introduction);
  expect(experimentOf('nonsense')).toBeUndefined();
  expect(experimentParameters('nonsense')).toBeUndefined();
});

/** Weights as they would be found: two orthogonal features, two pairs, a pentagon. */
const IDEAL: Readonly<Record<string, { W: number[]; b: number[] }>> = {
  'dense-orthogonal': { W: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], b: [0, 0, 0.5, 0.5, 0.5] },
  'two-digons': { W: [1.01, 0, -1.01, 0, 0, 1.01, 0, -1.01, 0, 0], b: [0, 0, 0, 0, 0.1] },
  pentagon: { W: [...polygon(5, 1.09).W], b: [-0.2, -0.2, -0.2, -0.2, -0.2] },
};

const verdict = (claim: StatisticalClaim, run: FinishedRun): boolean =>
  claim.measure(run).every((quantity) => isMet(quantity, 'small'));

test('each claim holds for its own shape and refuses the others', () => {
  for (const claim of INTRODUCTION_CLAIMS)
    for (const [shape, { W, b }] of Object.entries(IDEAL)) {
      const spec = { ...claimSpec(introduction, claim, 'full', 1), replicas: 1 };
      const run: FinishedRun = {
        spec,
        W: Float32Array.from(W),
        b: Float32Array.from(b),
        evaluationLoss: [0],
        best: [{ replica: 0 }],
      };
      expect([claim.id, shape, verdict(claim, run)]).toEqual([claim.id, shape, claim.id === shape]);
    }
});

test('the best replica of the cell is judged, not the first', () => {
  const [claim] = INTRODUCTION_CLAIMS;
  const { W, b } = present(IDEAL['dense-orthogonal'], 'its weights');
  const spec = { ...claimSpec(introduction, claim, 'full', 1), replicas: 2 };
  const run = (replica: number): FinishedRun => ({
    spec,
    W: Float32Array.from([...new Array<number>(10).fill(0), ...W]),
    b: Float32Array.from([...new Array<number>(5).fill(0), ...b]),
    evaluationLoss: [1, 0],
    best: [{ replica }],
  });
  expect([0, 1].map((replica) => verdict(claim, run(replica)))).toEqual([false, true]);
});
