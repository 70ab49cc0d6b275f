import { beforeAll, describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import type { RunId } from '#lib/base/id';
import { createFusedSlice } from '#lib/engine/fused/choose-slice';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { checkpointFrom } from '#lib/engine/initial';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { SMALL_SPEC, trainedLink, trainedParts } from './link.fixture.ts';
import type { Link, PackedTensor } from './link.ts';
import { packTensor, tensorOf } from './pack.ts';
import type { OpenSlice } from './retrain.ts';
import { chooseVerifier, verifyLink, verifyShown, type Verdict } from './verify.ts';

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const reference = createReferenceTrainer();

function verify(link: Link, trainer: Trainer): Promise<Verdict> {
  let clock = 0;
  return verifyLink(link, trainer, createTrainerHost({ now: () => (clock += 1), breathe: () => Promise.resolve() }));
}

const open: OpenSlice = (options) => createFusedSlice({ ...options, relaxed: false });
const shown = (link: Link): Promise<Verdict> => {
  let clock = 0;
  return verifyShown(link, fused.engine, open, { now: () => (clock += 1), breathe: () => Promise.resolve() });
};

/** A weight is another: by `by` what it was. */
const tampered = (link: Link, by: number): Link => ({
  ...link,
  weights: {
    ...link.weights,
    tensors: link.weights.tensors.map((tensor, k) => (k === 0 ? moved(tensor, by) : tensor)),
  },
});

function moved(packed: PackedTensor, by: number): PackedTensor {
  const tensor = tensorOf(packed);
  const data = tensor.data.slice();
  // Of every model, so that the best is among them.
  for (let at = 0; at < data.length; at += 10) data[at] = (data[at] ?? 0) + by;
  return packTensor({ ...tensor, data });
}

/** Trained to the end, where every engine finds the same. */
const SETTLED = resolve({
  ...DEFAULT_PARAMETERS,
  densityFrom: 0.1,
  densities: 1,
  replicas: 4,
  batch: 128,
  steps: 1_200,
  learningRate: 0.01,
  schedule: 'linear',
});

describe('on the engine that it was trained on', () => {
  let link: Link;
  beforeAll(async () => {
    link = await trainedLink();
  });

  test('it is identical, bit for bit', async () => {
    const verdict = await verify(link, chooseVerifier(link, [fused, reference]));
    expect(verdict.engine.name).toBe('reference');
    expect(verdict).toMatchObject({ kind: 'identical', weights: { numbers: 60, equal: 60, largest: 0 } });
  });

  test('one weight that was tampered with in its last bit is different', async () => {
    const verdict = await verify(tampered(link, 1e-7), reference);
    expect(verdict.kind).toBe('different');
    expect(verdict.weights.equal).toBeLessThan(60);
  });

  test('another spec than the weights were trained with is different', async () => {
    const other = await trainedLink({ ...SMALL_SPEC, seed: 2 });
    const verdict = await verify({ ...link, spec: other.spec, specHash: other.specHash }, reference);
    expect(verdict.kind).toBe('different');
  });

  test('a stated hash of other weights is different', async () => {
    const result = { ...link.result, weightsHash: '0'.repeat(64) };
    expect((await verify({ ...link, result }, reference)).kind).toBe('different');
  });

  test('changes made while it trained are made again', async () => {
    const amendments = [{ step: 40, change: { learningRate: 0.002 } }];
    const amended = await trainedLink(SMALL_SPEC, reference, { amendments });
    expect(amended.result.weightsHash).not.toBe(link.result.weightsHash);
    expect((await verify(amended, reference)).kind).toBe('identical');
    expect((await verify({ ...amended, amendments: [] }, reference)).kind).toBe('different');
  });
});

describe('the models that are shown', () => {
  test('are the same bits as in the whole run, with its changes, and other bits are different', async () => {
    const amendments = [{ step: 40, change: { learningRate: 0.002 } }];
    const link = await trainedLink(SMALL_SPEC, fused, { amendments });
    const verdict = await shown(link);
    expect(verdict).toMatchObject({
      kind: 'identical',
      models: { trained: 2, of: 4 },
      weights: { numbers: 30, equal: 30 },
    });
    expect((await shown(tampered(link, 1e-7))).kind).toBe('different');
    expect((await shown({ ...link, amendments: [] })).kind).toBe('different');
  });

  test('are held to every frame of the figure, and the figure to the weights', async () => {
    const link = await trainedLink(SMALL_SPEC, fused);
    const withFrame = (frame: number): Link => {
      const tensors = link.timeline.tensors.map((packed, k) => {
        const tensor = tensorOf(packed);
        if (k === 0) tensor.data[20 * frame] = 0.123;
        return packTensor(tensor);
      });
      return { ...link, timeline: { ...link.timeline, tensors } };
    };
    expect(await shown(withFrame(5))).toMatchObject({ kind: 'different', weights: { equal: 30 } });
    const end = withFrame(link.timeline.steps.length - 1);
    expect(await shown(end)).toMatchObject({ kind: 'different', weights: { equal: 30 } });
    expect(await verify(end, fused)).toMatchObject({ kind: 'different', weights: { equal: 60 } });
  });
});

test('a run that began with another’s weights, and was changed on its way, is identical in whole and in what is shown', async () => {
  const { frames } = await trainedParts(SMALL_SPEC, fused);
  const middle = present(frames[frames.length >> 1], 'a frame');
  const source = { run: middle.run as RunId, step: middle.step };
  const changes = { source, amendments: [{ step: 50, change: { learningRate: 0.003 } }] };
  const link = await trainedLink(SMALL_SPEC, fused, changes, checkpointFrom(SMALL_SPEC, middle.tensors));
  expect(link.start).not.toBeNull();
  expect(await verify(link, fused)).toMatchObject({ kind: 'identical', weights: { numbers: 60, equal: 60 } });
  expect((await shown(link)).kind).toBe('identical');
  expect((await verify({ ...link, start: null }, fused)).kind).toBe('different');
});

describe('on another engine', () => {
  let link: Link;
  beforeAll(async () => {
    const trained = await trainedLink(SETTLED, reference);
    link = { ...trained, engine: { ...trained.engine, name: 'fused-webgpu', revision: null } };
  }, 120_000);

  test('it is the same solution, with the figures', async () => {
    const verdict = await verify(link, chooseVerifier(link, [fused, reference]));
    expect(verdict).toMatchObject({ kind: 'same', engine: { name: 'fused-wasm' } });
    expect(verdict.cells).toMatchObject([{ same: true, represented: { link: 5, here: 5 } }]);
    expect(verdict.weights.equal).toBeLessThan(verdict.weights.numbers);
  }, 60_000);

  test('weights that were tampered with are different', async () => {
    const verdict = await verify(tampered(link, 0.2), fused);
    expect(verdict).toMatchObject({ kind: 'different', cells: [{ same: false }] });
  }, 60_000);

  test('an older revision of a portable engine is held to the tolerances, the present one to the bits', async () => {
    const engine = { ...link.engine, name: 'fused-wasm' };
    const [older, present] = [0, 1].map((revision) => ({ ...link, engine: { ...engine, revision } }));
    expect((await verify(older ?? link, fused)).kind).toBe('same');
    expect((await verify(present ?? link, fused)).kind).toBe('different');
  }, 60_000);

  test('one that others went on with is held to the tolerances', async () => {
    const handed = { ...link, engine: { ...link.engine, name: 'fused-wasm', revision: 1, handOvers: 1 } };
    expect((await verify(handed, fused)).kind).toBe('same');
  }, 60_000);
});
