import { describe, expect, test } from 'vitest';
import { initialWeights } from '#lib/model/init';
import type { Checkpoint } from '#lib/runs/events';
import { originOf } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { heldBy, toCheckpoint, toState, weightTensors } from './checkpoint.ts';
import { initialCheckpoint } from './initial.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2 });
const initial = initialCheckpoint(spec);

describe('checkpoint 0', () => {
  test('holds six tensors with the shapes of the run', () => {
    expect(initial).toMatchObject({ step: 0, from: 0 });
    expect(initial.tensors.map(({ name, shape, data }) => [name, shape, data.length])).toEqual([
      ['W', [4, 3, 2], 24],
      ['b', [4, 3], 12],
      ['W.m', [4, 3, 2], 24],
      ['W.v', [4, 3, 2], 24],
      ['b.m', [4, 3], 12],
      ['b.v', [4, 3], 12],
    ]);
  });

  test('W is drawn for each instance from its own origin, all else is zero', () => {
    const { W, ...others } = toState(spec, initial);
    for (let instance = 0; instance < 4; instance++)
      expect(W?.slice(6 * instance, 6 * instance + 6)).toEqual(initialWeights(spec.model, 1, originOf(spec, instance)));
    expect(Object.values(others).every((tensor) => tensor.every((value) => value === 0))).toBe(true);
  });

  test('more replicas leave the first ones as they were', () => {
    const larger = { ...spec, replicas: 3 };
    const more = heldBy(toState(larger, initialCheckpoint(larger)), 'W');
    const W = heldBy(toState(spec, initial), 'W');
    expect([more.slice(0, 12), more.slice(18, 30)]).toEqual([W.slice(0, 12), W.slice(12, 24)]);
  });
});

test('an untied model has two matrices, drawn apart, and their moments', () => {
  const untied = resolve({ ...DEFAULT_PARAMETERS, model: 'untied', n: 3, m: 2, densities: 1, replicas: 2 });
  const { tensors } = initialCheckpoint(untied);
  expect(tensors.map(({ name }) => name)).toEqual(['W1', 'W2', 'b', 'W1.m', 'W1.v', 'W2.m', 'W2.v', 'b.m', 'b.v']);
  const [W1, W2] = tensors;
  expect(W1?.shape).toEqual([2, 3, 2]);
  expect(W2?.shape).toEqual([2, 3, 2]);
  const [drawnBefore, drawnAfter] = [0, 1].map((matrix) =>
    initialWeights(untied.model, 1, originOf(untied, 1), matrix),
  );
  expect(W1?.data.slice(6)).toEqual(drawnBefore);
  expect(W2?.data.slice(6)).toEqual(drawnAfter);
  expect(W1?.data).not.toEqual(W2?.data);
});

describe('a checkpoint and the state it holds', () => {
  const changed = (change: (tensors: Checkpoint['tensors']) => Checkpoint['tensors']): Checkpoint => ({
    ...initial,
    tensors: change(initial.tensors),
  });

  test('there and back is the same', () => {
    expect(toCheckpoint(spec, { step: 0, seconds: 0 }, toState(spec, initial))).toEqual(initial);
  });

  test('are copies: training on does not change what was kept', () => {
    const state = toState(spec, initial);
    const kept = [toCheckpoint(spec, { step: 5, seconds: 1 }, state).tensors, weightTensors(spec, state)].flat();
    const before = kept.map(({ data }) => data.slice());
    for (const tensor of Object.values(state)) tensor.fill(7);
    expect(kept.map(({ data }) => data)).toEqual(before);
    expect(heldBy(toState(spec, initial), 'b').every((value) => value === 0)).toBe(true);
  });

  test('the order of the tensors does not matter', () => {
    expect(
      toState(
        spec,
        changed((tensors) => tensors.toReversed()),
      ),
    ).toEqual(toState(spec, initial));
  });

  test('one that does not fit is refused by the name of its tensor', () => {
    expect(() =>
      toState(
        spec,
        changed((tensors) => tensors.slice(0, 5)),
      ),
    ).toThrow('tensor b.v of the checkpoint is missing');
    expect(() => toState({ ...spec, replicas: 3 }, initial)).toThrow('tensor W holds 36 numbers, not 24');
  });
});
