import { expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { linkBytes, linkId } from '#lib/link/id';
import { LINK_LIMITS } from '#lib/link/limits';
import type { Link } from '#lib/link/link';
import { makeLink } from '#lib/link/make';
import { tensorOf } from '#lib/link/pack';
import { parseLink } from '#lib/link/schema';
import { SWEEP_SPEC, sweepParts } from '#lib/link/sweep.fixture';
import { readThreads } from '#lib/room/threads';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { cellWeights, sweepMap } from '#lib/runs/sweep-frame';
import type { LinkReply, LinkRequest, StartReply } from '#lib/wire/protocol';
import { connectClient, openDocument, openPage, startTestLab, type Client, type TestLab } from '../lab.fixture.ts';

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const parts = await sweepParts(fused);
const made = makeLink(parts);
const trained: Link = present(made.ok ? made.value : undefined, 'a link');

/** Published as a browser does. */
async function train(client: Client): Promise<StartReply> {
  const wish = { experiment: 'introduction', spec: SWEEP_SPEC, place: 'browser', paused: false };
  const reply = await client.get<StartReply>('start', wish);
  const { record, lease } = reply;
  const publish = (event: unknown): Promise<unknown> => client.get('publish', { run: record.id, lease, event });
  await publish({ type: 'started', engine: parts.record.engine });
  for (const frame of parts.frames) await client.get('frame', encodeFrame({ ...frame, run: record.id, lease }));
  const { phase: type, ...status } = parts.record.status;
  await publish({ type, ...status });
  return reply;
}

async function enter(): Promise<{ lab: TestLab; ada: Client }> {
  const lab = await startTestLab();
  const ada = await connectClient(lab.url, await openPage(lab.url));
  await ada.join(await lab.newRoom());
  return { lab, ada };
}

const wish = ({ record }: StartReply, again: unknown = null): LinkRequest => ({
  ...{ run: record.id, item: 'first', again, title: 'A diagram', authors: [], licence: 'CC-BY-4.0' },
  ...{ notes: [], named: true, supersedes: null },
});

const post = (lab: TestLab, body: string): Promise<Response> => fetch(`${lab.url}/api/links`, { method: 'POST', body });

async function read(lab: TestLab, id: string): Promise<Link> {
  const link = parseLink(await (await fetch(`${lab.url}/api/links/${id}`)).text());
  return present(link.ok ? link.value : undefined, 'a link');
}

test('P204 a sweep becomes a link of each cell’s best model, as its room has it or as it was trained once more', async () => {
  const { lab, ada } = await enter();
  const run = await train(ada);
  const { link } = await ada.get<LinkReply>('link', wish(run));
  const held = await read(lab, link);
  expect(linkId(held)).toBe(link);
  const { weights, result, engine } = held;
  expect({ weights, engine, hash: result.weightsHash }).toEqual({
    ...{ weights: trained.weights, engine: trained.engine, hash: trained.result.weightsHash },
  });
  // A room keeps three digits of each loss.
  result.evaluationLoss.forEach((loss, cell) => {
    expect(Math.abs((loss ?? NaN) - (trained.result.evaluationLoss[cell] ?? NaN))).toBeLessThan(
      1e-3 * (loss ?? NaN) + 1e-7,
    );
  });
  const again = { ...trained, run: run.record.id };
  const other = await ada.get<LinkReply>('link', wish(run, again));
  expect((await read(lab, other.link)).result).toEqual(trained.result);
  expect(await ada.refused('link', wish(run, { ...again, schema: 1 }))).toMatchObject({ field: 'schema' });
});

test('P194 P204 a sweep’s link is imported as it was exported; what is wrong with it, or too large, is refused', async () => {
  const { lab } = await enter();
  const imported = await post(lab, JSON.stringify(trained));
  expect(await imported.json()).toMatchObject({ link: linkId(trained) });
  const wrong = await post(lab, JSON.stringify({ ...trained, start: [] }));
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { field: 'start' } });
  const bloated = { ...trained, weights: { ...trained.weights, tensors: trained.weights.tensors.map(inflated) } };
  expect(linkBytes(bloated as Link).length).toBeGreaterThan(LINK_LIMITS.bytes);
  expect((await post(lab, JSON.stringify(bloated))).status).toBe(400);
});

const inflated = (tensor: Link['weights']['tensors'][number]): object => ({ ...tensor, data: 'A'.repeat(4_000_000) });

test('P195 P204 a sweep’s link is forked into a room with its diagram, its cells’ models and its notes', async () => {
  const { lab } = await enter();
  const anchor = {
    ...{ item: 'first', run: trained.run, instance: 0, density: 1, step: SWEEP_SPEC.steps, figure: 'map' },
    ...{ target: { kind: 'cell' }, quotes: [] },
  };
  const notes = [{ id: 'one', author: 'Ada', at: 1, text: 'Here it turns.', anchor, replies: [] }];
  const { link: id } = (await (await post(lab, JSON.stringify({ ...trained, notes }))).json()) as LinkReply;
  const forked = await fetch(`${lab.url}/api/links/${id}/fork`, { method: 'POST' });
  expect(forked.status).toBe(201);
  const { room } = (await forked.json()) as { room: RoomId };
  const client = await connectClient(lab.url, await openPage(lab.url));
  const { run, ticket } = await client.join(room);
  expect(run?.record).toMatchObject({ spec: SWEEP_SPEC, status: { phase: 'finished', step: SWEEP_SPEC.steps } });
  const bytes = await client.get<Uint8Array>('timeline', { run: run?.record.id, tensors: ['W'], instances: [0] });
  const frames = unpackFrames(new Uint8Array(bytes)).flatMap((each): readonly Frame[] => {
    const frame = decodeFrame(each);
    return frame.ok ? [frame.value] : [];
  });
  const [here, there] = [sweepMap(SWEEP_SPEC, frames), sweepMap(SWEEP_SPEC, parts.frames)];
  expect([here.done, here.replica]).toEqual([there.done, there.replica]);
  expect(cellWeights(frames, 4_200)).toEqual(cellWeights(parts.frames, 4_200));
  const { doc, provider } = openDocument(lab.url, room, ticket, 'notes');
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  expect(readThreads(doc)[0]).toMatchObject({ text: 'Here it turns.', anchor: { run: run?.record.id } });
  // What it was made of can be made of it again.
  const again = await client.get<LinkReply>('link', wish({ record: present(run, 'a run').record } as StartReply));
  expect((await read(lab, again.link)).weights).toEqual(trained.weights);
});

test('P196 P204 a sweep’s link leaves as JSON, as safetensors and as one HTML file, and as no notebook', async () => {
  const { lab } = await enter();
  await post(lab, JSON.stringify(trained));
  const form = (name: string): Promise<Response> => fetch(`${lab.url}/api/links/${linkId(trained)}/${name}`);
  const weights = new Uint8Array(await (await form('weights.safetensors')).arrayBuffer());
  const header = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const W = present(trained.weights.tensors[0], 'W');
  expect(weights.subarray(8 + header, 8 + header + 8)).toEqual(new Uint8Array(tensorOf(W).data.slice(0, 2).buffer));
  expect(await (await form('page.html')).text()).toContain(`<title>${trained.title}</title>`);
  const notebook = await form('notebook.ipynb');
  expect([notebook.status, await notebook.json()]).toMatchObject([400, { error: { code: 'invalid' } }]);
}, 60_000);
