import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkParameter,
  DEFAULT_PARAMETERS,
  definitionOf,
  isParameterKey,
  PARAMETER_KEYS,
  parseParameter,
  repairParameters,
} from './parameters.ts';

describe('the table', () => {
  test('every default is allowed', () => {
    for (const key of PARAMETER_KEYS) expect(checkParameter(key, DEFAULT_PARAMETERS[key])).toMatchObject({ ok: true });
  });

  test('addresses have a short key for each, and never one for two', () => {
    const keys = PARAMETER_KEYS.map((key) => definitionOf(key).url);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a log scale begins above zero', () => {
    for (const key of PARAMETER_KEYS) {
      const definition = definitionOf(key);
      if (definition.kind !== 'choice' && definition.scale === 'log') expect(definition.min).toBeGreaterThan(0);
    }
  });

  test('only its own keys are keys', () => {
    expect(['n', 'replicas', 'toString', '__proto__', ''].map(isParameterKey)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('checkParameter', () => {
  test('both ends of a range are in it, what lies beyond is refused by name and range', () => {
    for (const key of PARAMETER_KEYS) {
      const definition = definitionOf(key);
      if (definition.kind === 'choice') continue;
      expect([definition.min, definition.max].map((value) => checkParameter(key, value).ok)).toEqual([true, true]);
      expect(checkParameter(key, definition.max + 1)).toMatchObject({
        ok: false,
        error: { code: 'invalid', field: key, message: expect.stringContaining(definition.label) as string },
      });
    }
  });

  test('anything at all is a value or a refusal, never an exception', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PARAMETER_KEYS), fc.anything(), (key, value) => {
        const checked = checkParameter(key, value);
        return checked.ok ? checked.value === value : checked.error.field === key;
      }),
    );
  });

  test('a fraction is no count', () => {
    expect(checkParameter('n', 5.5)).toMatchObject({
      ok: false,
      error: { message: 'Features must be a whole number.' },
    });
  });
});

describe('parseParameter', () => {
  test('reads numbers and choices', () => {
    expect(parseParameter('n', ' 7 ')).toEqual({ ok: true, value: 7 });
    expect(parseParameter('learningRate', '1e-3')).toEqual({ ok: true, value: 0.001 });
    expect(parseParameter('output', 'linear')).toEqual({ ok: true, value: 'linear' });
  });

  test.each([
    ['n', ''],
    ['n', 'five'],
    ['n', '5 6'],
    ['n', 'Infinity'],
    ['output', 'sigmoid'],
    ['output', ''],
  ] as const)('%s=%j is refused', (key, text) => {
    expect(parseParameter(key, text)).toMatchObject({ ok: false, error: { code: 'invalid', field: key } });
  });

  test('what is written is read again', () => {
    for (const key of PARAMETER_KEYS)
      expect(parseParameter(key, String(DEFAULT_PARAMETERS[key]))).toEqual({
        ok: true,
        value: DEFAULT_PARAMETERS[key],
      });
  });
});

test('repairParameters keeps what is right and takes the rest from the fallback', () => {
  const fallback = { ...DEFAULT_PARAMETERS, m: 3 };
  expect(repairParameters({ n: 7, m: 'two', steps: -1, nonsense: 1 }, fallback)).toEqual({ ...fallback, n: 7 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...PARAMETER_KEYS), fc.anything()), (values) =>
      PARAMETER_KEYS.every((key) => checkParameter(key, repairParameters(values, fallback)[key]).ok),
    ),
  );
});
