import { expect, test } from 'vitest';
import { createAnyEvaluator } from '#lib/measure/exact/crowd-loss';
import { drawSamples, evaluationKeys } from '#lib/model/data';
import { initialWeights } from '#lib/model/init';
import { loss } from '#lib/model/tied';
import { cellCount, densities, importances, originOf } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { exactProblem } from './exact-problem.ts';

const SAMPLES = 200_000;
const specOf = (parameters: Partial<Parameters>) =>
  resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 1, ...parameters });

const CASES: readonly Partial<Parameters>[] = [
  {},
  { output: 'linear', relativeDensityFrom: 0.3, relativeImportanceFrom: 4 },
  { n: 8, m: 3, importance: 'geometric' },
  { n: 7, m: 2, data: 'correlated', setSize: 2 },
  { n: 7, m: 2, data: 'anticorrelated', setSize: 3 },
  { n: 14, m: 5, importance: 'geometric', relativeDensityFrom: 0.3 },
];

test.each(CASES)(
  'the evaluator is asked what a run is trained on, as 200,000 of its own samples say to a fiftieth: %j',
  (parameters) => {
    const spec = specOf(parameters);
    const { model, data } = spec;
    if (model.kind !== 'tied' || data.kind === 'finite') throw new TypeError('These are tied models.');
    for (let cell = 0; cell < cellCount(spec); cell++) {
      const problem = exactProblem(spec, cell);
      const weights = {
        W: Float64Array.from(initialWeights(model, 1, originOf(spec, cell))),
        b: Float64Array.from({ length: model.n }, (_, i) => 0.1 - 0.05 * i),
      };
      const x = new Float64Array(SAMPLES * model.n);
      drawSamples(x, { ...data, density: densities(spec, cell) }, evaluationKeys());
      const sampled = loss(model, weights, importances(spec, cell), x);
      expect(problem).not.toBeNull();
      if (problem !== null)
        expect(Math.abs(createAnyEvaluator(problem).loss(weights) / sampled - 1)).toBeLessThan(0.02);
    }
  },
);

test('of other models and data, and of too many features, it is asked nothing', () => {
  const others: readonly Partial<Parameters>[] = [
    { model: 'untied' },
    { hidden: 'relu' },
    { data: 'signed' },
    { data: 'finite' },
    { n: 25 },
    { n: 20, data: 'anticorrelated', setSize: 2 },
  ];
  for (const parameters of others) expect(exactProblem(specOf(parameters), 0), JSON.stringify(parameters)).toBeNull();
  expect(exactProblem(specOf({ n: 20, m: 2, data: 'correlated', setSize: 10 }), 0)).not.toBeNull();
});
