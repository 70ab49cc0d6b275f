import { beforeAll, describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { heldBy, toState } from '#lib/engine/checkpoint';
import { createFusedSlice } from '#lib/engine/fused/choose-slice';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { initialCheckpoint } from '#lib/engine/initial';
import { cellCount } from '#lib/spec/cells';
import { tileSpec } from '#lib/spec/tiles';
import type { Link, PackedTensor } from './link.ts';
import { packTensor, tensorOf } from './pack.ts';
import type { OpenSlice } from './retrain.ts';
import { SWEEP_SPEC, sweepLink, sweepSpec } from './sweep.fixture.ts';
import { verifySweep } from './verify-sweep.ts';
import type { Verdict } from './verify.ts';

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const openFused: OpenSlice = (options) => createFusedSlice({ ...options, relaxed: false });
const CELLS = cellCount(SWEEP_SPEC);
/** Of each tile, and at its edges. */
const SOME = [0, 1, 1_700, 2_047, 2_048, 4_095, 4_096, CELLS - 1];

interface Wish {
  readonly open?: OpenSlice;
  readonly progress?: (step: number) => void;
}

function verify(
  of: Link,
  cells: readonly number[] = SOME,
  { open = openFused, progress }: Wish = {},
): Promise<Verdict> {
  let clock = 0;
  const host = { now: () => (clock += 1), breathe: () => Promise.resolve() };
  return verifySweep(of, cells, fused.engine, open, host, progress);
}

/** Of as many models as a sweep has at least, few cells. */
const FEW_CELLS = sweepSpec({ densities: 13, relativeImportances: 5, replicas: 64 });

/** Trains, and believes what is said of losses: to evaluate thousands of models takes longer than to train them for six steps. */
const believing =
  ({ result, weights, spec }: Link): OpenSlice =>
  (options) => {
    const cell = options.spec.window?.first ?? 0;
    const losses = new Float32Array(spec.replicas).fill(Infinity);
    losses[(weights.instances[cell] ?? 0) % spec.replicas] = result.evaluationLoss[cell] ?? NaN;
    return { ...openFused(options), evaluate: () => losses };
  };

let link: Link;
beforeAll(async () => {
  link = await sweepLink(fused);
}, 120_000);

/** The first weight of a cell's model is another. */
const spoiled = (cell: number, value: number): Link => ({
  ...link,
  weights: {
    ...link.weights,
    tensors: link.weights.tensors.map((packed, k) => {
      const tensor = tensorOf(packed);
      if (k === 0) tensor.data[2 * cell] = value;
      return packTensor(tensor);
    }),
  },
});

describe('cells of a sweep, trained once more', () => {
  test('are identical, bit for bit, wherever they stand in their tiles', async () => {
    const steps: number[] = [];
    const verdict = await verify(link, SOME, { progress: (step) => steps.push(step) });
    expect(verdict).toMatchObject({
      kind: 'identical',
      engine: { name: 'fused-wasm' },
      models: { trained: 16, of: 2 * CELLS },
      weights: { numbers: 32, equal: 32 },
    });
    expect(verdict.cells.map(({ cell, same }) => [cell, same])).toEqual(SOME.map((cell) => [cell, true]));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(SWEEP_SPEC.steps);
  });

  test('all of them have the hash that the run’s engine told', async () => {
    const link = await sweepLink(fused, FEW_CELLS);
    const cells = Array.from({ length: 65 }, (_, cell) => cell);
    const verdict = await verify(link, cells, { open: believing(link) });
    expect(verdict).toMatchObject({ kind: 'identical', models: { trained: 4_160, of: 4_160 } });
    expect(verdict.cells).toHaveLength(24);
    const result = { ...link.result, weightsHash: '0'.repeat(64) };
    expect((await verify({ ...link, result }, cells, { open: believing(link) })).kind).toBe('different');
  }, 60_000);

  test('one bit in one of them is different; in one that is not looked at it is not seen', async () => {
    const [W] = link.weights.tensors.map(tensorOf);
    const changed = spoiled(2_048, (W?.data[2 * 2_048] ?? 0) * (1 + 1e-6));
    expect(await verify(changed)).toMatchObject({ kind: 'different', weights: { numbers: 32, equal: 31 } });
    expect((await verify(changed, [2_047])).kind).toBe('identical');
  });

  test('another model than the best, with its own bits, is different', async () => {
    // The same model under the other's name: its bits are not that one's.
    const instances = link.weights.instances.with(1, (link.weights.instances[1] ?? 0) ^ 1);
    const other = { ...link, weights: { ...link.weights, instances } };
    expect((await verify(other)).kind).toBe('different');
    expect(await verify(ownBits(other, 1))).toMatchObject({
      kind: 'different',
      why: 'In 1 of 8 cells another model is better than the one that it shows.',
    });
  });

  test('a stated loss that its model has not is different', async () => {
    const evaluationLoss = link.result.evaluationLoss.with(1, 0.001);
    expect(await verify({ ...link, result: { ...link.result, evaluationLoss } })).toMatchObject({
      kind: 'different',
      why: 'Of 1 of 8 cells it states another loss than the model has.',
    });
  });

  test('what is claimed wrongly of a cell stands in its row, whatever engine trained it', async () => {
    const evaluationLoss = link.result.evaluationLoss.with(1, 0.001);
    const engine = { ...link.engine, name: 'fused-webgpu', revision: null };
    const near = { ...spoiled(0, (tensorOf(firstOf(link)).data[0] ?? 0) * (1 + 1e-6)), engine };
    const verdict = await verify({ ...near, result: { ...link.result, evaluationLoss } });
    expect(verdict.kind).toBe('different');
    expect(verdict.cells.filter(({ same }) => !same)).toMatchObject([{ cell: 1, loss: { link: 0.001 } }]);
  });

  test('a loss beyond float16, of which a room keeps none, is not held against its link; one that is stated is', async () => {
    const stating = (loss: number | null): Link => ({
      ...link,
      result: { ...link.result, evaluationLoss: link.result.evaluationLoss.with(1, loss) },
    });
    const reaching =
      (loss: number): OpenSlice =>
      (options) => ({ ...openFused(options), evaluate: () => new Float32Array(2).fill(loss) });
    // Of two equal losses the first is the best.
    const first = ownBits({ ...link, weights: { ...link.weights, instances: link.weights.instances.with(1, 2) } }, 1);
    const kindOf = async (told: number | null, loss: number): Promise<string> =>
      (await verify({ ...first, result: stating(told).result }, [1], { open: reaching(loss) })).kind;
    expect(await kindOf(null, 1e6)).toBe('identical');
    expect(await kindOf(null, NaN)).toBe('identical');
    expect(await kindOf(null, 1)).toBe('different');
    expect(await kindOf(1, Infinity)).toBe('different');
  });

  test('of another engine, the same solutions will do', async () => {
    const engine = { ...link.engine, name: 'fused-webgpu', revision: null };
    const [W] = link.weights.tensors.map(tensorOf);
    const near = spoiled(2_048, (W?.data[2 * 2_048] ?? 0) * (1 + 1e-6));
    expect((await verify({ ...near, engine })).kind).toBe('same');
    expect((await verify({ ...spoiled(2_048, 7), engine })).kind).toBe('different');
  });
});

const firstOf = ({ weights }: Link): PackedTensor => present(weights.tensors[0], 'a tensor');

/** A cell's model as that replica came out. */
function ownBits(of: Link, cell: number): Link {
  const alone = tileSpec(SWEEP_SPEC, { first: cell, count: 1 });
  const slice = openFused({ spec: alone, from: 0, to: 2, step: 0, state: toState(alone, initialCheckpoint(alone)) });
  slice.advance(SWEEP_SPEC.steps);
  const replica = (of.weights.instances[cell] ?? 0) % 2;
  const state = slice.state();
  const tensors = of.weights.tensors.map((packed) => {
    const tensor = tensorOf(packed);
    const size = tensor.data.length / CELLS;
    const whole = heldBy(state, tensor.name === 'W' ? 'W' : 'b');
    tensor.data.set(whole.subarray(replica * size, (replica + 1) * size), cell * size);
    return packTensor(tensor);
  });
  const evaluationLoss = of.result.evaluationLoss.with(cell, slice.evaluate()[replica] ?? null);
  return { ...of, result: { ...of.result, evaluationLoss }, weights: { ...of.weights, tensors } };
}
