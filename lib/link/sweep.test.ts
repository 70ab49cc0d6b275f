import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { cellWeights, sweepMap } from '#lib/runs/sweep-frame';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { tilesOf } from '#lib/spec/tiles';
import { glanceOf } from './glance.ts';
import { linkBytes, linkId } from './id.ts';
import { LINK_LIMITS } from './limits.ts';
import type { Link } from './link.ts';
import { makeLink, type LinkParts } from './make.ts';
import { notebookOf } from './notebook.ts';
import { openLink } from './open.ts';
import { packTensor, tensorOf } from './pack.ts';
import { isPortable, replayRun } from './replay.ts';
import { parseLink, readLink } from './schema.ts';
import { published, SWEEP_SPEC, sweepParts } from './sweep.fixture.ts';
import { mapOfSweep } from './sweep.ts';

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});

let parts: LinkParts;
let link: Link;
beforeAll(async () => {
  parts = await sweepParts(fused);
  const made = makeLink(parts);
  link = present(made.ok ? made.value : undefined, 'a link');
}, 120_000);

const CELLS = cellCount(SWEEP_SPEC);

describe('a link of a sweep', () => {
  test('holds each cell’s best model with all of its bits, and its loss in four digits', () => {
    const map = sweepMap(SWEEP_SPEC, parts.frames);
    expect(link).toMatchObject({ schema: 2, start: null, timeline: { steps: [], instances: [], tensors: [] } });
    expect(link.weights.instances).toEqual([...map.replica].map((replica, cell) => 2 * cell + replica));
    expect(new Set(map.replica)).toEqual(new Set([0, 1]));
    const [W, b] = link.weights.tensors.map(tensorOf);
    for (const cell of [0, 1_000, CELLS - 1]) {
      const model = present(cellWeights(parts.frames, cell), 'a model');
      expect(W?.data.subarray(2 * cell, 2 * cell + 2)).toEqual(model.get('W'));
      expect(b?.data.subarray(2 * cell, 2 * cell + 2)).toEqual(model.get('b'));
      expect(link.result.evaluationLoss[cell]).toBeCloseTo(map.loss[cell] ?? NaN, 4);
    }
  });

  test('is the same after export and import, and takes less than 200 kB', () => {
    const bytes = linkBytes(link);
    const read = parseLink(new TextDecoder().decode(bytes));
    expect(read).toEqual({ ok: true, value: link });
    expect(read.ok && linkId(read.value)).toBe(linkId(link));
    expect(bytes.length).toBeLessThan(200_000);
  });

  test('opens as its room kept it: the tiles’ last frames, the same diagram', () => {
    const { timeline, record, best, metrics } = openLink(link);
    const frames = timeline.entries.map(({ frame }) => frame);
    expect(frames.map(({ from, step }) => [from, step])).toEqual(parts.frames.map(({ from, step }) => [from, step]));
    expect(frames.length).toBe(tilesOf(SWEEP_SPEC).length);
    const [here, there] = [sweepMap(SWEEP_SPEC, frames), sweepMap(SWEEP_SPEC, parts.frames)];
    expect({ ...here, loss: [] }).toEqual({ ...there, loss: [] });
    expect(record.status).toMatchObject({ phase: 'finished', step: SWEEP_SPEC.steps, evaluationLoss: [] });
    expect([best, metrics]).toEqual([[], []]);
    expect(cellWeights(frames, 4_000)).toEqual(cellWeights(parts.frames, 4_000));
  });

  test('a model that diverged has no loss, and is the first of its cell', () => {
    const frames = parts.frames.map((frame, k) => ({
      ...frame,
      tensors: frame.tensors.map((tensor) =>
        k === 0 && ['loss', 'replica'].includes(tensor.name)
          ? { ...tensor, data: tensor.data.map((value, cell) => (cell > 0 ? value : tensor.name === 'loss' ? NaN : 0)) }
          : tensor,
      ),
    }));
    const made = makeLink({ ...parts, frames });
    expect(made.ok && [made.value.result.evaluationLoss[0], made.value.weights.instances[0]]).toEqual([null, 0]);
    expect(made.ok && readLink(JSON.parse(JSON.stringify(made.value))).ok).toBe(true);
  });

  test('is glanced at as a coarser diagram, in which each cell is the nearest before it', () => {
    const glance = glanceOf(link);
    const numbers = glance.weights.tensors.reduce((sum, packed) => sum + tensorOf(packed).data.length, 0);
    expect(numbers).toBeLessThanOrEqual(LINK_LIMITS.glance);
    expect(glance.weights.instances).toHaveLength(33 * 33);
    expect(openLink(glance).timeline.entries).toEqual([]);
    const [coarse, fine] = [mapOfSweep(glance), mapOfSweep(link)];
    for (const [cell, held] of [
      [0, 0],
      [67, 0],
      [2 * 66 + 5, 2 * 66 + 4],
      [CELLS - 1, 64 * 66 + 64],
    ] as const)
      expect(coarse.norm.subarray(2 * cell, 2 * cell + 2)).toEqual(fine.norm.subarray(2 * held, 2 * held + 2));
    expect(coarse.done.every((done) => done === 1)).toBe(true);
  });

  test('has no notebook: it would train thousands of models', async () => {
    const made = await notebookOf(link, linkId(link), 'http://here', () => Promise.resolve());
    expect(made).toMatchObject({ ok: false, error: { code: 'invalid' } });
  });

  test('is made of a run that was trained once more, too', async () => {
    const record = { ...parts.record, engine: { name: 'fused-webgpu', device: 'a card' } };
    expect(isPortable(record)).toBe(false);
    let clock = 0;
    const host = createTrainerHost({ now: () => (clock += 1), breathe: () => Promise.resolve() });
    const again = await replayRun(record, published(fused), host, () => undefined);
    const made = again.ok ? makeLink({ ...parts, ...again.value }) : again;
    expect(made).toEqual({ ok: true, value: link });
  }, 60_000);
});

describe('there is none, and it says what to change,', () => {
  test.each<[string, string, (it: LinkParts) => LinkParts]>([
    ['of a tile that is forgotten', 'Run it again', (it) => ({ ...it, frames: it.frames.slice(1) })],
    [
      'of a time when models were not kept',
      'Run it again',
      ({ frames, ...it }) => ({
        ...it,
        frames: frames.map((frame) => ({ ...frame, tensors: frame.tensors.slice(0, 4) })),
      }),
    ],
    ...[NaN, 0.5, 2].map((best): [string, string, (it: LinkParts) => LinkParts] => [
      `whose trainer says that model ${best} of two is the best`,
      'Run it again',
      ({ frames, ...it }) => ({
        ...it,
        frames: frames.map((frame) => ({
          ...frame,
          tensors: frame.tensors.map((held) =>
            held.name === 'replica' ? { ...held, data: held.data.with(3, best) } : held,
          ),
        })),
      }),
    ]),
    [
      'of models too large to be kept',
      'more than 256 weights',
      (it) => ({
        ...it,
        record: { ...it.record, spec: { ...SWEEP_SPEC, model: { ...SWEEP_SPEC.model, n: 20, m: 20 } } },
      }),
    ],
    [
      'of more than a link holds',
      '4190000|weights, and a link holds',
      (it) => ({
        ...it,
        record: { ...it.record, spec: resolve({ ...DEFAULT_PARAMETERS, ...WIDE }) },
      }),
    ],
  ])('%s', (_, words, change) => {
    const made = makeLink(change(parts));
    expect(made.ok ? '' : made.error.message).toMatch(new RegExp(words));
  });
});

const WIDE = { n: 10, m: 2, densities: 200, relativeImportances: 200, replicas: 1 };

describe('what a stranger sends is refused by the field that is wrong', () => {
  test.each<[string, (link: Link) => unknown]>([
    ['schema', (it) => ({ ...it, schema: 1 })],
    ['schema', (it) => ({ ...it, schema: 3 })],
    ['specHash', (it) => ({ ...it, spec: { ...it.spec, seed: 99 } })],
    ['replicas', (it) => ({ ...it, spec: { ...it.spec, replicas: 4_096 } })],
    ['amendments', (it) => ({ ...it, amendments: [{ step: 3, change: { learningRate: 0.1 } }] })],
    ['start', (it) => ({ ...it, start: [] })],
    ['result.evaluationLoss', (it) => ({ ...it, result: { ...it.result, evaluationLoss: [1] } })],
    [
      'weights.instances',
      (it) => ({ ...it, weights: { ...it.weights, instances: it.weights.instances.toReversed() } }),
    ],
    ['weights.instances', (it) => ({ ...it, weights: { ...it.weights, instances: it.weights.instances.slice(1) } })],
    ['weights.instances', (it) => ({ ...it, weights: { ...it.weights, instances: new Array(65_537).fill(0) } })],
    ['weights.tensors', (it) => ({ ...it, weights: { ...it.weights, tensors: [] } })],
    ['weights.tensors.W.shape', (it) => ({ ...it, weights: { ...it.weights, tensors: it.weights.tensors.map(cut) } })],
    ['timeline', (it) => ({ ...it, timeline: { ...it.timeline, steps: [6] } })],
    ['timeline', (it) => ({ ...it, timeline: { ...it.timeline, tensors: it.weights.tensors } })],
    ['losses.steps', (it) => ({ ...it, losses: { ...it.losses, steps: [1] } })],
    ['losses.values.shape', (it) => ({ ...it, losses: { ...it.losses, values: cut(it.losses.values) } })],
  ])('%s', (field, change) => {
    const read = readLink(JSON.parse(JSON.stringify(change(link))));
    expect(read.ok ? '' : read.error.field).toBe(field);
  });

  test('what is not read, and what is, both leave a program that goes on: whatever JSON stands in a field', () => {
    const paths = [...Object.keys(link).map((key) => [key]), ...NESTED];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const read = readLink(withValue(link, path, value));
        if (read.ok) expect(openLink(read.value).timeline.entries).toHaveLength(tilesOf(SWEEP_SPEC).length);
        else expect(read.error.message).not.toBe('');
      }),
      { numRuns: 200 },
    );
  });
});

const NESTED = [
  ['weights', 'instances', '7'],
  ['weights', 'tensors', '0', 'data'],
  ['weights', 'tensors', '0', 'shape', '0'],
  ['result', 'evaluationLoss', '5'],
  ['spec', 'replicas'],
  ['spec', 'axes', '0', 'values'],
  ['timeline', 'instances'],
  ['losses', 'values'],
];

/** Another value at a path, in copies of what is on the way. */
function withValue(of: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(of)) return of.with(Number(key), withValue((of as unknown[])[Number(key)], rest, value));
  const held = of as Readonly<Record<string, unknown>>;
  return { ...held, [key]: withValue(held[key], rest, value) };
}

const cut = (packed: Link['losses']['values']): unknown => {
  const { data, ...tensor } = tensorOf(packed);
  const shape = [1, ...tensor.shape.slice(1)];
  return packTensor({
    ...tensor,
    shape,
    data: data.slice(
      0,
      shape.reduce((product, extent) => product * extent, 1),
    ),
  });
};
