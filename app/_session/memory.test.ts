import { afterEach, expect, test, vi } from 'vitest';
import { engineChoice, rememberEngineChoice, rememberRunsOnRelease, runsOnRelease } from './memory.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const forbidden = (): never => {
  throw new Error('storage is forbidden');
};

function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const held = new Map<string, string>();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  };
}

test('where storage is forbidden a switch stays as it was turned, for this visit', () => {
  vi.stubGlobal('localStorage', { getItem: forbidden, setItem: forbidden, removeItem: forbidden });
  expect(runsOnRelease()).toBe(true);
  rememberRunsOnRelease(false);
  expect(runsOnRelease()).toBe(false);
  rememberRunsOnRelease(true);
  expect(runsOnRelease()).toBe(true);
});

test('what storage takes again is read from there', () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: forbidden, removeItem: forbidden });
  rememberEngineChoice('reference');
  expect(engineChoice(), 'a storage that is full').toBe('reference');
  const there = storage();
  vi.stubGlobal('localStorage', there);
  rememberEngineChoice('fused-wasm');
  there.setItem('polytope:engine', '"tfjs-wasm"');
  expect(engineChoice(), 'as another tab has set it').toBe('tfjs-wasm');
});
