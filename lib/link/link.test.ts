import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { linkBytes, linkId } from './id.ts';
import { LINK_LIMITS } from './limits.ts';
import { trainedParts } from './link.fixture.ts';
import type { Link } from './link.ts';
import { makeLink, type LinkParts } from './make.ts';
import { openLink } from './open.ts';
import { fromBase64, packTensor, tensorOf, toBase64 } from './pack.ts';
import { parseLink, readLink } from './schema.ts';

let parts: LinkParts;
let link: Link;

beforeAll(async () => {
  parts = await trainedParts();
  const made = makeLink(parts);
  if (!made.ok) throw new Error(made.error.message);
  link = made.value;
});

const text = (of: Link): string => new TextDecoder().decode(linkBytes(of));

describe('a link', () => {
  test('is the same after export and import, and so is its id', () => {
    const read = parseLink(text(link));
    expect(read).toEqual({ ok: true, value: link });
    expect(read.ok && linkId(read.value)).toBe(linkId(link));
  });

  test('has an id that any change of it changes', () => {
    expect(linkId({ ...link, title: `${link.title}.` })).not.toBe(linkId(link));
    expect(linkId(link)).toMatch(/^[\w-]{22}$/);
  });

  test('holds the final weights, and the frames of the best replicas', () => {
    const last = parts.frames.at(-1);
    const weights = link.weights.tensors.map(tensorOf);
    expect(weights.map(({ data }) => data)).toEqual(last?.tensors.map(({ data }) => data));
    const { timeline, best, metrics, record } = openLink(link);
    expect(timeline.entries.map(({ step }) => step)).toEqual(parts.frames.map(({ step }) => step));
    const [W] = timeline.entries.at(-1)?.frame.tensors ?? [];
    const [first] = best;
    expect(W?.data.subarray(0, 10)).toEqual(
      last?.tensors[0]?.data.subarray(10 * (first?.replica ?? 0)).subarray(0, 10),
    );
    expect(metrics.at(-1)?.loss[1]).toBeCloseTo(parts.metrics.at(-1)?.loss[1] ?? Number.NaN, 6);
    expect(record.status).toMatchObject({ phase: 'finished', step: 120 });
  });

  test('is refused before the run has finished, and where its weights are forgotten', () => {
    const running: RunRecord = { ...parts.record, status: { phase: 'running', step: 3 } };
    expect(makeLink({ ...parts, record: running })).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(makeLink({ ...parts, frames: [] })).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  test('that is too large is refused with what to change', () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, n: 1024, m: 256, densities: 2, replicas: 1 });
    const W = { name: 'W', shape: [2, 1024, 256], data: new Float32Array(2 * 1024 * 256) };
    const b = { name: 'b', shape: [2, 1024], data: new Float32Array(2 * 1024) };
    const frames = [{ ...parts.frames[0], step: spec.steps, tensors: [W, b] }] as LinkParts['frames'];
    const status = { ...parts.record.status, step: spec.steps, evaluationLoss: [1, 1] } as RunRecord['status'];
    const made = makeLink({ ...parts, frames, record: { ...parts.record, spec, status } });
    expect(made).toMatchObject({ ok: false, error: { code: 'limit' } });
    expect(!made.ok && made.error.message).toMatch(/526336 weights.*500000.*fewer densities, features/);
  });

  test('keeps the best of each cell where all models would be too many, and thins its timeline', () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, n: 200, m: 50, densities: 2, replicas: 32 });
    const W = { name: 'W', shape: [64, 200, 50], data: new Float32Array(64 * 200 * 50) };
    const b = { name: 'b', shape: [64, 200], data: new Float32Array(64 * 200) };
    const frames = parts.frames.map((frame) => ({ ...frame, tensors: [W, b] }));
    const evaluationLoss = Array.from({ length: 64 }, (_, k) => (k === 5 || k === 40 ? 0.5 : 1));
    const status = { ...parts.record.status, evaluationLoss } as RunRecord['status'];
    const record = { ...parts.record, spec: { ...spec, steps: 120 }, status };
    const made = makeLink({ ...parts, frames, record });
    expect(made.ok && made.value.weights.instances).toEqual([5, 40]);
    expect(made.ok && made.value.timeline.steps.length).toBeLessThanOrEqual(LINK_LIMITS.frames);
    expect(made.ok && made.value.timeline.steps.at(-1)).toBe(120);
  });
});

describe('what is no link is refused with the field that is wrong', () => {
  test.each<[string, (link: Link) => unknown]>([
    ['format', () => ({})],
    ['schema', (it) => ({ ...it, schema: 2 })],
    ['schema', (it) => ({ ...it, schema: 0 })],
    ['title', (it) => ({ ...it, title: '' })],
    ['licence', (it) => ({ ...it, licence: 'constructor' })],
    ['specHash', (it) => ({ ...it, spec: { ...it.spec, seed: 99 } })],
    ['result.step', (it) => ({ ...it, result: { ...it.result, step: 3 } })],
    ['weights.tensors', (it) => ({ ...it, weights: { ...it.weights, tensors: it.weights.tensors.slice(1) } })],
    ['weights.tensors.W.shape', (it) => ({ ...it, weights: { ...it.weights, instances: [0, 1] } })],
    ['timeline.instances', (it) => ({ ...it, timeline: { ...it.timeline, instances: [0, 1] } })],
    ['losses.values.data', (it) => ({ ...it, losses: { ...it.losses, values: { ...it.losses.values, data: '!' } } })],
    [
      'weights.tensors.b.data',
      (it) => ({ ...it, weights: { ...it.weights, tensors: it.weights.tensors.map(longer) } }),
    ],
    ['notes.0.text', (it) => ({ ...it, notes: it.notes.map((note) => ({ ...note, text: '' })) })],
    ['text', (it) => ({ ...it, title: 'Half of \ud83d' })],
    ['text', (it) => ({ ...it, notes: it.notes.map((note) => ({ ...note, text: '\udc00' })) })],
    ['', (it) => ({ ...it, extra: 1 })],
  ])('%s', (field, change) => {
    const read = readLink(JSON.parse(JSON.stringify(change(link))));
    expect(read).toMatchObject({ ok: false });
    expect(!read.ok && read.error.field).toBe(field);
  });

  test('and nothing that JSON can say makes it throw', () => {
    const keys = Object.keys(link);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        readLink({ ...link, [key]: value });
      }),
    );
    expect(parseLink('{').ok).toBe(false);
  });
});

/** As many letters, and a byte more. */
const longer = (packed: Link['losses']['values']): unknown =>
  packed.name === 'b' ? { ...packed, data: packed.data.replace('=', 'A') } : packed;

test('an older schema is brought to the present one, step by step', () => {
  const older = { ...link, schema: -1, title: undefined, name: 'Old' };
  const read = readLink(older, {
    [-1]: ({ name, ...rest }) => ({ ...rest, schema: 0, called: name }),
    0: ({ called, ...rest }) => ({ ...rest, schema: 1, title: called }),
  });
  expect(read.ok && read.value.title).toBe('Old');
});

test('base64 is what everybody writes, and comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
  expect(fromBase64('a')).toBeUndefined();
  expect(fromBase64('a=b=')).toBeUndefined();
  expect(packTensor({ name: 'b', shape: [1], data: Float32Array.of(1) }).data).toBe('AACAPw==');
});
