import { describe, expect, test } from 'vitest';
import type { PersonId, RunId } from '#lib/base/id';
import type { Anchor } from '#lib/room/anchor';
import { mentionOf } from '#lib/room/mention';
import type { Thread } from '#lib/room/threads';
import { keptRun } from '#lib/runs/kept';
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import type { Tensor } from '#lib/runs/tensor-pack';
import { experimentParameters } from '#lib/experiments/index';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { cellParameters } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { trainedParts } from './link.fixture.ts';
import { freezeRecap, recapSources } from './freeze-recap.ts';
import { LINK_LIMITS } from './limits.ts';
import { notesOf } from './notes.ts';
import { packTensor } from './pack.ts';
import type { FrozenRun, RecapLink } from './recap-link.ts';
import { readFrozen } from './recap-schema.ts';
import { recapMarkdown, recapOf, type TriedRun } from './recap.ts';

const thread = (text: string, run: string | null, replies: Thread['replies'] = []): Thread => ({
  id: text,
  author: 'ada' as PersonId,
  at: 1,
  edited: null,
  text,
  number: 1,
  anchor: run === null ? null : ({ run } as Anchor),
  resolved: false,
  replies,
});

test('a recap tells what was tried in order, what changed, what came of it and what was said', async () => {
  const { record, frames } = await trainedParts();
  const first = { ...keptRun(record, { name: null, pinned: false }), startedAt: 1 };
  const spec = resolve({ ...DEFAULT_PARAMETERS, seed: 7, densities: 2 });
  const second = {
    ...first,
    id: 'B' as typeof first.id,
    spec,
    startedAt: 2,
    name: 'Seven_up',
    phase: 'stopped' as const,
  };
  const reply = { id: 'r', author: 'bob' as PersonId, at: 2, edited: null, text: 'Two lines\r\nof it', replies: [] };
  const recap = recapMarkdown({
    title: 'Monday <b>',
    address: 'http://x/rooms/y',
    runs: [second, first],
    pictures: new Map([[first.id, { ...frames[0], tensors: frames.at(-1)?.tensors ?? [] } as (typeof frames)[number]]]),
    threads: [thread('Why?', first.id, [reply]), thread('Of all', null)],
    nameOf: (author) => (author === 'ada' ? 'Ada' : 'Bob'),
    minutes: '- Next: more features',
    timeWords: (at) => `at ${at}`,
    anchorWords: () => 'feature 1',
  });
  const lines = recap.split('\n');
  expect(lines[0]).toBe('# Monday \\<b\\>');
  expect(recap.indexOf('### at 1')).toBeLessThan(recap.indexOf('### at 2 · Seven\\_up'));
  expect(recap).toMatch(/By Ada; .*batch 64|B = 64/i);
  expect(recap).toContain('stopped at step 120');
  expect(recap).toMatch(/- S = 0\.00(?: to 0\.95)?: \w/);
  expect(recap).toContain('> _feature 1_ **Ada:** Why?\n>\n> **Bob:** Two lines\n> of it');
  expect(recap).toContain('## Other notes\n\n> **Ada:** Of all');
  expect(recap.trimEnd().endsWith('## Minutes\n\n- Next: more features')).toBe(true);
});

test('a frozen recap is read again as it was, tells the same, and is refused where something in it is wrong', async () => {
  const { record, frames } = await trainedParts();
  const run = keptRun(record, { name: 'Five', pinned: false });
  const W = present(frames.at(-1)?.tensors[0], 'W');
  const picture = { ...present(frames.at(-1), 'a frame'), tensors: [bestOf(W, record.spec.replicas)] };
  const anchor: Anchor = {
    ...{ item: 'first', run: run.id, instance: 0, density: 1, step: 120, figure: 'directions' },
    ...{ target: { kind: 'cell' }, quotes: [] },
  };
  const words = { title: 'Monday', authors: ['Ada'], licence: 'CC-BY-4.0' as const, madeAt: 5, supersedes: null };
  const frozen = freezeRecap({
    ...words,
    runs: [run, { ...run, id: 'B' as typeof run.id, phase: 'running' }],
    pictures: new Map([[run.id, picture]]),
    nameOf: () => 'Ada',
    notes: notesOf([{ ...thread('Why?', null), anchor }, thread('', null)], () => null),
    minutes: '',
  });
  const recap = present(frozen.ok ? frozen.value : undefined, 'a recap');
  expect(readFrozen(JSON.parse(JSON.stringify(recap)))).toEqual({ ok: true, value: recap });
  const told = recapOf(recapSources(recap));
  expect(told.runs).toHaveLength(1);
  expect(told.runs[0]).toMatchObject({ name: 'Five', threads: [{ text: 'Why?' }] });
  expect(told.runs[0]?.words).toMatch(/^By Ada; /);
  expect(told.runs[0]?.results).toEqual(
    recapOf({ runs: [run], pictures: new Map([[run.id, picture]]), threads: [] }).runs[0]?.results,
  );
  const [first] = recap.runs;
  const wrong = (changes: object): unknown => readFrozen({ ...recap, runs: [{ ...first, ...changes }] });
  expect(wrong({ specHash: '0'.repeat(64) })).toMatchObject({ error: { field: 'runs.0.specHash' } });
  expect(wrong({ phase: 'running' })).toMatchObject({ error: { field: 'runs.0.phase' } });
  expect(wrong({ picture: { ...first?.picture, shape: [1, 1, 1] } })).toMatchObject({
    error: { field: 'runs.0.picture.shape' },
  });
  expect(readFrozen({ ...recap, schema: 2 })).toMatchObject({ error: { field: 'schema' } });
});

/** [I, n, m] → [C, n, m], of each cell's first replica. */
function bestOf({ name, shape: [, ...shape], data }: Tensor, replicas: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const cells = data.length / size / replicas;
  const rows = Array.from({ length: cells }, (_, cell) => [...rowOf(data, cell * replicas, size)]);
  return { name, shape: [cells, ...shape], data: Float32Array.from(rows.flat()) };
}

test('of the first run is told what it has that its experiment does not begin with', async () => {
  const { record } = await trainedParts();
  const begun = present(experimentParameters('introduction'), 'its parameters');
  const wordsOf = (changes: object): string | undefined => {
    const run = { ...keptRun(record, { name: null, pinned: false }), spec: resolve({ ...begun, ...changes }) };
    return recapOf({ runs: [run], pictures: new Map(), threads: [] }).runs[0]?.words;
  };
  expect(wordsOf({})).toMatch(/^By Ada; as the experiment begins; finished/);
  expect(wordsOf({ n: 6 })).toMatch(/^By Ada; n = 6; finished/);
});

test('of a mention stays the name that was lent, and nobody’s id', () => {
  const [ada, bob] = ['ada', 'bob'].map((id) => mentionOf({ id: id as PersonId, name: id }));
  const reply = { id: 'r', author: 'bob' as PersonId, at: 2, edited: null, text: `No, ${ada ?? ''}.` };
  const [note] = notesOf([thread(`Why, ${bob ?? ''}?`, null, [reply])], (id) => (id === 'ada' ? 'A[d]a' : null));
  expect(note?.text).toBe('Why, @Someone?');
  expect(note?.replies[0]?.text).toBe('No, @Ada.');
});

describe('of a run is told', () => {
  const run: TriedRun = {
    ...{ id: 'A' as RunId, name: null, experiment: 'introduction', spec: resolve(DEFAULT_PARAMETERS), amendments: [] },
    ...{ source: null, startedAt: 1, phase: 'finished', step: 3, startedBy: { name: '' } },
  };
  const toldOf = (spec: RunSpec, cells: number): readonly string[] | undefined => {
    const W = { name: 'W', shape: [cells, 5, 2], data: new Float32Array(cells * 10) };
    const picture = { run: run.id, lease: 1, seq: 0, step: 3, from: 0, kept: true, tensors: [W] };
    const pictures = new Map([[run.id, picture]]);
    return recapOf({ runs: [{ ...run, spec }], pictures, threads: [] }).runs[0]?.results;
  };
  const sparsity = (spec: RunSpec, cell: number): string => (1 - cellParameters(spec, cell).density).toFixed(2);

  test('the density of the middle cell, where its picture alone was kept', () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 3 });
    expect(toldOf(spec, 1)).toEqual([`S = ${sparsity(spec, 1)}: nothing`]);
    expect(toldOf(spec, 3)).toEqual([`S = ${sparsity(spec, 0)} to ${sparsity(spec, 2)}: nothing`]);
  });

  test('no range of densities, where there are two axes', () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, relativeImportances: 2 });
    const each = [0, 1, 2, 3].map((cell) => `S = ${sparsity(spec, cell)}: nothing`);
    expect(new Set(each).size).toBe(2);
    expect(new Set(toldOf(spec, 4))).toEqual(new Set(each));
  });

  test('which run’s weights it began with', () => {
    const next = (source: TriedRun['source']): string | undefined =>
      recapOf({
        runs: [
          { ...run, name: 'Five' },
          { ...run, id: 'B' as RunId, startedAt: 2, source },
        ],
        pictures: new Map(),
        threads: [],
      }).runs[1]?.words;
    expect(next(null)).not.toContain('went on');
    expect(next({ run: run.id, step: 60 })).toContain('; went on from “Five” at step 60; ');
    expect(next({ run: 'C' as RunId, step: 60 })).toContain('went on from the weights of an earlier run at step 60');
  });
});

describe('a recap that grew too large, or that could not be shown, is no recap', () => {
  const note = { id: 'one', author: null, at: 1, text: 'Why?', anchor: null, replies: [] };
  const spec = resolve({ ...DEFAULT_PARAMETERS, n: 40, m: 30, densities: 1 });
  const run: FrozenRun = {
    ...{ id: 'AAAAAAAAAAAAAAAAAAAAAA', name: null, experiment: 'introduction', startedAt: 1, startedBy: null },
    ...{ spec, specHash: specHash(spec), amendments: [], source: null, phase: 'stopped', step: 3, picture: null },
  };
  const recap: RecapLink = {
    ...{ format: 'polytope-recap', schema: 1, title: 'Monday', authors: [], licence: 'MIT', madeAt: 5 },
    ...{ supersedes: null, runs: [run], notes: [note], minutes: '' },
  };
  const picture = (n: number): object => ({
    runs: [{ ...run, picture: packTensor({ name: 'W', shape: [1, n, 30], data: new Float32Array(n * 30) }) }],
  });
  const replies = (count: number): object => ({
    notes: [{ ...note, replies: Array.from({ length: count }, (_, k) => ({ ...note, id: `${k}` })).map(replyOf) }],
  });
  const replyOf = ({ id, author, at, text }: typeof note): object => ({ id, author, at, text });
  test('and this one is, also of a sweep', () => {
    const sweep = resolve({ ...DEFAULT_PARAMETERS, densities: 200, replicas: 32 });
    expect(isSweep(sweep)).toBe(true);
    const swept = { ...run, spec: sweep, specHash: specHash(sweep) };
    expect(readFrozen({ ...recap, runs: [swept] })).toMatchObject({ ok: true });
    expect(readFrozen({ ...recap, ...replies(LINK_LIMITS.notes - 1) })).toMatchObject({ ok: true });
  });
  test.each<[string, object]>([
    ['notes', replies(LINK_LIMITS.notes)],
    ['notes.0.replies', replies(LINK_LIMITS.notes + 1)],
    ['notes.0.at', { notes: [{ ...note, at: -1 }] }],
    ['notes.0.at', { notes: [{ ...note, at: 1e300 }] }],
    ['runs.0.picture', picture(40)],
    ['text', { minutes: 'Half of \ud83d' }],
  ])('%s', (field, changes) => {
    expect(readFrozen({ ...recap, ...changes })).toMatchObject({ ok: false, error: { field } });
  });
  test('its bytes, not its characters, are counted', () => {
    const notes = Array.from({ length: 100 }, (_, k) => ({ ...note, id: `${k}`, text: '…'.repeat(4_000) }));
    expect(readFrozen({ ...recap, notes })).toMatchObject({ ok: false, error: { code: 'limit' } });
  });
});
