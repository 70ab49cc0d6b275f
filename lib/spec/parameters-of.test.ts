import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amend } from './change.ts';
import { specHash } from './hash.ts';
import { differingParameters, parametersOfRun, parametersOfSpec, parameterWords } from './parameters-of.ts';
import { DEFAULT_PARAMETERS, definitionOf, PARAMETER_KEYS, type ParameterKey, type Parameters } from './parameters.ts';
import { resolve } from './resolve.ts';

/** Any value that the table allows. */
function anyValue(key: ParameterKey): fc.Arbitrary<number | string> {
  const definition = definitionOf(key);
  if (definition.kind === 'choice') return fc.constantFrom(...definition.choices.map(({ value }) => value));
  const { min, max } = definition;
  return definition.kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}

const anyParameters: fc.Arbitrary<Parameters> = fc
  .tuple(...PARAMETER_KEYS.map(anyValue))
  .map((values) => Object.fromEntries(PARAMETER_KEYS.map((key, k) => [key, values[k]])) as unknown as Parameters);

test('whatever parameters a spec was resolved from, the parameters of it mean the same spec', () => {
  fc.assert(
    fc.property(anyParameters, anyParameters, (parameters, unsaid) => {
      const spec = resolve(parameters);
      const found = parametersOfSpec(spec, unsaid);
      // Between ends that are no round numbers themselves, the list may not tell where it ended.
      if (parameters.densitySpacing === 'even') expect(found).toBeDefined();
      if (found === undefined) return;
      expect(specHash(resolve(found))).toBe(specHash(spec));
    }),
  );
});

test('densities that were rounded are found again', () => {
  const rounded = { ...DEFAULT_PARAMETERS, densitySpacing: 'rounded', densities: 7, densityTo: 0.001 } as const;
  expect(parametersOfSpec(resolve(rounded), DEFAULT_PARAMETERS)).toEqual(rounded);
});

test('what a spec does not depend on stays as it was', () => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 1, densityTo: 0.5 });
  expect(parametersOfSpec(spec, { ...DEFAULT_PARAMETERS, densityTo: 0.25 })).toMatchObject({
    densities: 1,
    densityTo: 0.25,
  });
});

test('a list of densities, or another β, has no parameters', () => {
  const spec = resolve(DEFAULT_PARAMETERS);
  const listed = { ...spec, axes: [{ over: 'density', values: { kind: 'list', values: [1, 0.45, 0.3] } }] } as const;
  expect(parametersOfSpec(listed, DEFAULT_PARAMETERS)).toBeUndefined();
  const faster = { ...spec, optimizer: { ...spec.optimizer, beta1: 0.8 } };
  expect(parametersOfSpec(faster, DEFAULT_PARAMETERS)).toBeUndefined();
});

test('of a run that was changed, the last parameters are given back', () => {
  const spec = resolve(DEFAULT_PARAMETERS);
  const run = { spec, amendments: [{ step: 40, change: { learningRate: 0.02 } }] };
  const found = parametersOfRun(run, DEFAULT_PARAMETERS) ?? DEFAULT_PARAMETERS;
  expect(differingParameters(found, DEFAULT_PARAMETERS)).toEqual(['learningRate']);
  expect(resolve(found)).toEqual(amend(spec, { learningRate: 0.02 }));
});

test('a value is read with its letter, its name or its choice', () => {
  expect(parameterWords('n', 6)).toBe('n = 6');
  expect(parameterWords('steps', 20_000)).toBe('T = 20,000');
  expect(parameterWords('steps', 123_457)).toBe('T = 123,457');
  expect(parameterWords('seed', 7)).toBe('seed 7');
  expect(parameterWords('seed', 2_135_696_083)).toBe('seed 2135696083');
  expect(parameterWords('output', 'linear')).toBe('Output: Linear');
});
