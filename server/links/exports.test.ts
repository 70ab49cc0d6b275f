/** What leaves as a notebook and as safetensors, run and read by Python where it has PyTorch or safetensors; elsewhere skipped, with the reason. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import type { RunId } from '#lib/base/id';
import { checkpointFrom } from '#lib/engine/initial';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { linkId } from '#lib/link/id';
import { SMALL_SPEC, trainedLink, trainedParts } from '#lib/link/link.fixture';
import type { Link } from '#lib/link/link';
import { notebookOf } from '#lib/link/notebook';
import { tensorOf } from '#lib/link/pack';
import { safetensorsOf } from '#lib/link/safetensors';
import { parseLink } from '#lib/link/schema';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import type { RunRecord } from '#lib/runs/record';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';

const python = (code: string, input = ''): SpawnSyncReturns<string> =>
  spawnSync('python3', ['-c', code], { input, encoding: 'utf8', maxBuffer: 1e8 });

/** null: it can be imported. Else why not. */
function whyMissing(modules: string): string | null {
  const { status, stderr, error } = python(`import ${modules}`);
  return status === 0 ? null : (error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it cannot be imported');
}

function testWith(modules: string, name: string, body: () => Promise<void>): void {
  const why = whyMissing(modules);
  if (why !== null) process.stderr.write(`${name}: not tested, as python3 says: ${why}\n`);
  test.skipIf(why !== null)(why === null ? name : `${name} (${why})`, body, 120_000);
}

const small = (wish: Partial<Parameters>): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 64, steps: 40, learningRate: 0.01, ...wish });

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const trained = (spec: RunSpec, changes: Partial<RunRecord> = {}): Promise<Link> => trainedLink(spec, fused, changes);
const AMENDED = {
  amendments: [
    { step: 4, change: { learningRate: 0.003 } },
    { step: 6, change: { importance: { kind: 'power', base: 0.7 } } },
  ],
} as const;

async function continued(): Promise<Link> {
  const { frames } = await trainedParts(SMALL_SPEC, fused);
  const from = present(frames[frames.length >> 1], 'a frame');
  const source = { run: from.run as RunId, step: from.step };
  return trainedLink(SMALL_SPEC, fused, { source }, checkpointFrom(SMALL_SPEC, from.tensors));
}

/** Every model, every kind of data, and pasts of every kind. */
const LINKS: Readonly<Record<string, () => Promise<Link>>> = {
  plain: () => trained(SMALL_SPEC),
  'a hidden ReLU, a falling rate': () => trained(small({ hidden: 'relu', schedule: 'cosine' })),
  'untied, |x| of signed features': () =>
    trained(small({ model: 'untied', hidden: 'relu', target: 'abs', data: 'signed', n: 6, m: 4 })),
  correlated: () => trained(small({ data: 'correlated', setSize: 2 })),
  anticorrelated: () => trained(small({ data: 'anticorrelated', setSize: 3, n: 7 })),
  'finite sets, smaller and larger than a batch': () =>
    trainedLink(
      small({ data: 'finite', densities: 1, densityFrom: 0.3, examplesFrom: 10, examplesTo: 300, exampleCounts: 2 }),
    ),
  'one feature denser, one more important': () =>
    trainedLink(
      small({
        densities: 1,
        densityFrom: 0.2,
        relativeDensityFrom: 2,
        relativeImportanceFrom: 0.5,
        relativeImportanceTo: 3,
        relativeImportances: 2,
        schedule: 'linear',
      }),
    ),
  'changed on its way': () => trained(small({}), AMENDED),
  'begun with another’s weights': continued,
};

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: string }[];
}

/** Runs every code cell of each but its figure, which needs Matplotlib; then holds what was trained against what the link says. */
const RUN = `import json, sys, torch
torch.set_num_threads(1)
for name, cells in json.load(sys.stdin).items():
    scope = {}
    try:
        for source in cells: exec(source, scope)
        np, stated, here = scope["np"], scope["stated"], scope["here"]
        assert len(scope["expected"]) == 10, len(scope["expected"])
        assert np.allclose(stated, here, rtol=0.1), (stated, here)
        print(name, "first losses within", scope["apart"])
    except Exception as error:
        print(name, "FAILED", repr(error))
`;

testWith('torch, numpy', 'notebooks of every model and all data: the first ten losses, and the same end', async () => {
  const sources: Record<string, readonly string[]> = {};
  for (const [name, make] of Object.entries(LINKS)) {
    const link = await make();
    const made = await notebookOf(link, linkId(link), 'http://here', () => Promise.resolve());
    const { cells } = JSON.parse(present(made.ok ? made.value : undefined, name)) as Notebook;
    const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source);
    sources[name] = code.slice(0, -1);
  }
  const { stdout, stderr } = python(RUN, JSON.stringify(sources));
  const lines = stdout.split('\n').filter((line) => / within |FAILED/.test(line));
  expect(
    lines.filter((line) => line.includes('FAILED')),
    stderr,
  ).toEqual([]);
  expect(lines.filter((line) => line.includes('first losses within'))).toHaveLength(Object.keys(LINKS).length);
});

testWith('safetensors', 'safetensors, read by their own library', async () => {
  const link = await trainedLink();
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'polytope-')), 'weights.safetensors');
  writeFileSync(file, safetensorsOf(link, linkId(link)));
  const { stdout, stderr } = python(`import json
from safetensors import safe_open
with safe_open(${JSON.stringify(file)}, "np") as held:
    print(json.dumps({"metadata": held.metadata(), **{name: held.get_tensor(name).ravel().tolist() for name in held.keys()}}))`);
  const read = JSON.parse(stdout || `"${stderr}"`) as Record<string, unknown>;
  expect(read['metadata']).toMatchObject({ link: linkId(link), weightsHash: link.result.weightsHash });
  for (const packed of link.weights.tensors) expect(read[packed.name]).toEqual(Array.from(tensorOf(packed).data));
});

/** By the format's own text: eight bytes of length, JSON, tensors one after the other to the last byte. */
test('safetensors, read by a reader of its own', async () => {
  const link = await trainedLink();
  const bytes = Buffer.from(safetensorsOf(link, linkId(link)));
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    Entry
  >;
  expect(metadata).toMatchObject({ link: linkId(link) });
  let end = 0;
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    expect([dtype, data_offsets[0]]).toEqual(['F32', end]);
    end = data_offsets[1];
    const numbers = Array.from({ length: (end - data_offsets[0]) / 4 }, (_, k) =>
      bytes.readFloatLE(8 + length + data_offsets[0] + 4 * k),
    );
    const held = tensorOf(
      present(
        link.weights.tensors.find((tensor) => tensor.name === name),
        name,
      ),
    );
    expect([shape, numbers]).toEqual([held.shape, Array.from(held.data)]);
  }
  expect(bytes.length).toBe(8 + length + end);
});

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

test('JSON of every kind of link is read as what was written', async () => {
  for (const [name, make] of Object.entries(LINKS)) {
    const link = await make();
    expect(parseLink(JSON.stringify(link)), name).toEqual({ ok: true, value: link });
  }
});
