import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, definitionOf, PARAMETER_KEYS, type ParameterKey, type Parameters } from './parameters.ts';
import { checkRun, checkSpec, resolve } from './resolve.ts';
import type { RunSpec } from './spec.ts';

const spec = resolve(DEFAULT_PARAMETERS);
const UNTIED = { kind: 'untied', n: 5, m: 2, hidden: 'relu', output: 'relu', target: 'abs', initScale: 1 } as const;

test("the defaults are the notebook's introduction", () => {
  expect(spec).toEqual({
    schema: 1,
    model: { kind: 'tied', n: 5, m: 2, output: 'relu', initScale: 1 },
    data: { kind: 'independent', density: 1, importance: { kind: 'power', base: 0.9 } },
    axes: [{ over: 'density', values: { kind: 'geometric', from: 1, to: 0.05, count: 10 } }],
    replicas: 16,
    optimizer: {
      kind: 'adamw',
      learningRate: 1e-3,
      schedule: 'constant',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    },
    batch: 1_024,
    steps: 10_000,
    seed: 1,
  });
});

test('one density needs no axis', () => {
  expect(resolve({ ...DEFAULT_PARAMETERS, densities: 1, densityFrom: 0.3 })).toMatchObject({
    axes: [],
    data: { density: 0.3 },
  });
});

test("rounded, seven densities from 1 to .001 are the paper's", () => {
  const { axes } = resolve({ ...DEFAULT_PARAMETERS, densities: 7, densityTo: 0.001, densitySpacing: 'rounded' });
  expect(axes).toEqual([
    { over: 'density', values: { kind: 'list', values: [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001] } },
  ]);
});

function anyValue(key: ParameterKey): fc.Arbitrary<number | string> {
  const definition = definitionOf(key);
  if (definition.kind === 'choice') return fc.constantFrom(...definition.choices.map(({ value }) => value));
  const { min, max, kind } = definition;
  return kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}

const anyParameters: fc.Arbitrary<Parameters> = fc
  .tuple(...PARAMETER_KEYS.map(anyValue))
  .map((values) => Object.fromEntries(PARAMETER_KEYS.map((key, i) => [key, values[i]])) as unknown as Parameters);

test('whatever the controls can say resolves to a spec that passes, or is too large together', () => {
  fc.assert(
    fc.property(anyParameters, (parameters) => {
      const checked = checkSpec(resolve(parameters));
      return checked.ok || checked.error.code === 'limit';
    }),
  );
});

test('what the new controls leave alone is not said, so that a hash stays', () => {
  expect(resolve({ ...DEFAULT_PARAMETERS, hidden: 'relu', data: 'correlated', setSize: 3 })).toMatchObject({
    model: { kind: 'tied', hidden: 'relu' },
    data: { kind: 'correlated', setSize: 3 },
  });
  expect(resolve({ ...DEFAULT_PARAMETERS, model: 'untied', target: 'abs', data: 'signed' })).toMatchObject({
    model: { kind: 'untied', hidden: 'linear', target: 'abs' },
    data: { kind: 'signed' },
  });
});

test('a phase diagram is one run of density times relative importance', () => {
  const diagram = resolve({
    ...DEFAULT_PARAMETERS,
    ...{ n: 2, m: 1, importanceBase: 1, densities: 32, densityTo: 0.01, replicas: 4 },
    ...{ relativeImportanceFrom: 0.1, relativeImportanceTo: 10, relativeImportances: 32 },
  });
  expect(diagram.axes.map(({ over }) => over)).toEqual(['density', 'relativeImportance']);
  expect(checkSpec(diagram)).toMatchObject({ ok: true });
});

describe('checkSpec names the field that is wrong', () => {
  const list = (...values: number[]): Partial<RunSpec> => ({
    axes: [{ over: 'density', values: { kind: 'list', values } }],
  });
  const cases: readonly [string, Partial<RunSpec>, 'invalid' | 'limit'][] = [
    ['model.n', { model: { ...spec.model, n: 0 } }, 'invalid'],
    ['model.n', { model: { ...spec.model, n: 1_025 } }, 'invalid'],
    ['model.m', { model: { ...spec.model, m: 2.5 } }, 'invalid'],
    ['model.n', { model: { ...spec.model, n: 1_024, m: 256 } }, 'limit'],
    ['batch', { batch: 8_193 }, 'invalid'],
    ['steps', { steps: NaN }, 'invalid'],
    ['replicas', { replicas: 0 }, 'invalid'],
    ['replicas', { replicas: 4_096 }, 'limit'],
    ['seed', { seed: -1 }, 'invalid'],
    ['seed', { seed: 2 ** 32 }, 'invalid'],
    ['axes.0.values', list(), 'invalid'],
    ['data.density', list(0.5, 0), 'invalid'],
    ['data.density', list(1.5), 'invalid'],
    ['data.density', list(NaN), 'invalid'],
    ['data.importance', { data: { ...spec.data, importance: { kind: 'power', base: 0 } } }, 'invalid'],
    ['data.importance', { data: { ...spec.data, importance: { kind: 'geometric', last: -1 } } }, 'invalid'],
    ['data.relativeDensity', { data: { ...spec.data, relativeDensity: 0 } }, 'invalid'],
    ['data.relativeImportance', { data: { ...spec.data, relativeImportance: Infinity } }, 'invalid'],
    ['data.setSize', { data: { ...spec.data, kind: 'correlated', setSize: 0 } }, 'invalid'],
    ['data.examples', { data: { ...spec.data, kind: 'finite', examples: 65_537 } }, 'invalid'],
    ['axes.1.over', { axes: [...spec.axes, ...spec.axes] }, 'invalid'],
    ['axes.0.over', { axes: [{ over: 'examples', values: { kind: 'list', values: [3, 5] } }] }, 'invalid'],
    ['model.n', { model: { ...UNTIED, n: 1_024, m: 128 }, replicas: 2 }, 'limit'],
  ];
  test.each(cases)('%s: %j', (field, change, code) => {
    expect(checkSpec({ ...spec, ...change })).toMatchObject({ ok: false, error: { code, field } });
  });
});

test('a spec that passes comes back as it is', () => {
  const checked = checkSpec(spec);
  expect(checked.ok && checked.value).toBe(spec);
});

test('a sweep beyond all measure is refused without making its tiles', () => {
  const axes = (['density', 'relativeDensity', 'relativeImportance'] as const).map((over) => ({
    over,
    values: { kind: 'geometric', from: 1, to: 0.1, count: 4_096 } as const,
  }));
  expect(checkRun({ ...spec, axes })).toMatchObject({ ok: false, error: { code: 'limit', field: 'replicas' } });
});
