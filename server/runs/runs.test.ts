import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { LIMITS, type Limits } from '#lib/wire/limits';
import { SOCKET_PATH, type FrameReply, type JoinReply, type PublishedEvent, type StartReply } from '#lib/wire/protocol';
import type { LabDependencies } from '../lab.ts';
import { connectClient, openPage, startTestLab, type Client, type TestLab } from '../lab.fixture.ts';

/** Two densities, two replicas: I = 4 instances of n = 3, m = 2. */
const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2, steps: 1_000 });
const START = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };
const INSTANCES = 4;

interface Bench {
  readonly lab: TestLab;
  readonly room: RoomId;
  /** The trainer, in every run of a browser. */
  readonly ada: Client;
  readonly bob: Client;
}

async function enter(dependencies: Partial<LabDependencies> = {}): Promise<Bench> {
  const lab = await startTestLab(dependencies);
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { lab, room, ada, bob };
}

const start = (client: Client, wishes: object = {}): Promise<StartReply> =>
  client.get('start', { ...START, ...wishes });

const publish = (client: Client, { record, lease }: StartReply, event: PublishedEvent): Promise<FrameReply> =>
  client.get('publish', { run: record.id, lease, event });

const metrics = (step: number): PublishedEvent => ({
  type: 'metrics',
  step,
  seconds: step / 1_000,
  stepsPerSecond: 1_000,
  loss: [0.1, 0.2],
});

const FINISHED: PublishedEvent = {
  type: 'finished',
  step: 1_000,
  seconds: 1,
  evaluationLoss: [1, 2, 3, 4],
  weightsHash: 'a'.repeat(64),
};
const STARTED: PublishedEvent = { type: 'started', engine: { name: 'fake', device: 'a test' } };

/** W of instance i is i everywhere, so that a slice shows where it was cut. */
function frameOf({ record, lease }: StartReply, seq: number, wishes: Partial<Frame> = {}): Frame {
  const rows = (size: number): Float32Array =>
    Float32Array.from({ length: INSTANCES * size }, (_, i) => Math.floor(i / size));
  const tensors = [
    { name: 'W', shape: [INSTANCES, 3, 2], data: rows(6) },
    { name: 'b', shape: [INSTANCES, 3], data: rows(3) },
  ];
  return { run: record.id, lease, seq, step: seq, from: 0, kept: false, tensors, ...wishes };
}

const sendFrame = (client: Client, run: StartReply, seq: number, wishes?: Partial<Frame>): Promise<FrameReply> =>
  client.get('frame', encodeFrame(frameOf(run, seq, wishes)));

const framesOf = (client: Client): Frame[] => client.heard('frame').map(([bytes]) => decoded(bytes));

function decoded(bytes: Uint8Array): Frame {
  const frame = decodeFrame(bytes);
  if (!frame.ok) throw new Error(frame.error.message);
  return frame.value;
}

const subscribe = (client: Client, run: StartReply, maxHz = 30): Promise<unknown> =>
  client.get('subscribe', { run: run.record.id, tensors: ['W'], instances: [1, 3], maxHz });

const lastRecord = (client: Client): RunRecord => present(client.heard('run').at(-1), 'a run')[0];

test('P40 P43 a run of a browser is followed by everyone else from its start to its end', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  expect(run).toMatchObject({ target: 1_000, record: { startedBy: { name: 'Ada' }, status: { phase: 'starting' } } });
  await publish(ada, run, STARTED);
  await publish(ada, run, metrics(500));
  await publish(ada, run, FINISHED);
  await vi.waitFor(() =>
    expect(bob.heard('run').map(([record]) => record.status.phase)).toEqual(['starting', 'running', 'finished']),
  );
  expect(bob.heard('metrics')).toEqual([[run.record.id, metrics(500)]]);
  expect(lastRecord(bob)).toMatchObject({ engine: { name: 'fake' }, status: { evaluationLoss: [1, 2, 3, 4] } });
  expect([...ada.heard('run'), ...ada.heard('metrics')]).toEqual([]);
});

test('P40 a second run ends the first, and its trainer is told', async () => {
  const { ada, bob } = await enter();
  const first = await start(ada);
  await publish(ada, first, metrics(100));
  const second = await start(bob);
  await vi.waitFor(() => expect(ada.heard('target')).toEqual([[first.record.id, first.lease, 'stop']]));
  await vi.waitFor(() => expect(lastRecord(ada).id).toBe(second.record.id));
  expect(ada.heard('run')[0]?.[0].status).toEqual({ phase: 'stopped', step: 100 });
  const late = await ada.refused('publish', { run: first.record.id, lease: first.lease, event: metrics(200) });
  expect(late.code).toBe('not-found');
});

test('P40 who watches may not start or control', async () => {
  const { ada, bob, room } = await enter();
  await bob.join(room, { seat: false });
  expect((await bob.refused('start', START)).code).toBe('forbidden');
  const { record } = await start(ada);
  expect((await bob.refused('control', { run: record.id, action: 'pause' })).code).toBe('forbidden');
});

test('P40 a spec that is too large is refused, naming what is', async () => {
  const { ada } = await enter();
  const spec = { ...SPEC, model: { ...SPEC.model, n: 1_024, m: 256 }, replicas: 64 };
  expect(await ada.refused('start', { ...START, spec })).toMatchObject({ code: 'limit', field: 'model.n' });
});

test('P42 another person pauses, steps and resumes', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  const control = (action: string): Promise<unknown> => bob.get('control', { run: run.record.id, action });
  await publish(ada, run, metrics(41));
  await control('pause');
  await publish(ada, run, { type: 'paused', step: 42 });
  await control('step');
  await control('resume');
  await control('stop');
  await vi.waitFor(() => expect(ada.heard('target').map(([, , target]) => target)).toEqual([0, 43, 1_000, 'stop']));
  await publish(ada, run, { type: 'stopped', step: 43 });
  const late = await bob.refused('control', { run: run.record.id, action: 'pause' });
  expect(late).toMatchObject({ code: 'conflict', field: 'action' });
});

test('P42 a run that starts paused waits at step 0', async () => {
  const { ada } = await enter();
  expect((await start(ada, { paused: true })).target).toBe(0);
});

test('S8 P44 only the holder of the lease publishes, under its number', async () => {
  const { ada, bob } = await enter();
  const { record, lease } = await start(ada);
  const attempt = (client: Client, number: number): Promise<unknown> =>
    client.refused('publish', { run: record.id, lease: number, event: metrics(1) });
  expect(await attempt(bob, lease)).toMatchObject({ code: 'forbidden', field: 'lease' });
  expect(await attempt(ada, lease + 1)).toMatchObject({ code: 'forbidden', field: 'lease' });
  expect(bob.heard('metrics')).toEqual([]);
});

test('P44 lists of another length, steps beyond the end and events after it are refused', async () => {
  const { ada } = await enter();
  const run = await start(ada);
  const refused = (event: object): Promise<unknown> =>
    ada.refused('publish', { run: run.record.id, lease: run.lease, event });
  expect(await refused({ ...metrics(1), loss: [1] })).toMatchObject({ code: 'invalid', field: 'event.loss' });
  expect(await refused(metrics(1_001))).toMatchObject({ code: 'invalid', field: 'event.step' });
  expect(await refused({ ...FINISHED, evaluationLoss: [1] })).toMatchObject({ field: 'event.evaluationLoss' });
  await publish(ada, run, FINISHED);
  expect(await refused(metrics(1_000))).toMatchObject({ code: 'conflict' });
});

test('S11 P45 frames of a wrong shape, order or holder are refused', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await sendFrame(ada, run, 5);
  const refused = (client: Client, frame: Frame): Promise<unknown> => client.refused('frame', encodeFrame(frame));
  const good = frameOf(run, 6);
  expect(await refused(ada, frameOf(run, 5))).toMatchObject({ code: 'conflict', field: 'seq' });
  expect(await refused(ada, { ...good, step: 4 })).toMatchObject({ code: 'conflict', field: 'seq' });
  expect(await refused(bob, good)).toMatchObject({ code: 'forbidden' });
  expect(await refused(ada, { ...good, from: 1 })).toMatchObject({ code: 'invalid', field: 'from' });
  expect(await refused(ada, { ...good, step: 1_001 })).toMatchObject({ code: 'invalid', field: 'step' });
  expect(await refused(ada, { ...good, tensors: good.tensors.slice(0, 1) })).toMatchObject({ field: 'tensors' });
  const [W, b] = good.tensors as [Frame['tensors'][0], Frame['tensors'][0]];
  const flat = { ...W, shape: [INSTANCES, 6] };
  expect(await refused(ada, { ...good, tensors: [flat, b] })).toMatchObject({ code: 'invalid', field: 'tensors.W' });
  const half = { ...W, half: true } as const;
  expect(await refused(ada, { ...good, tensors: [half, b] })).toMatchObject({ code: 'invalid', field: 'tensors.W' });
  expect(await ada.refused('frame', Uint8Array.of(1, 2, 3))).toMatchObject({ code: 'invalid', field: 'frame' });
});

test('P46 the trainer is told who watches and at which pace, by frames and by events', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  expect(await sendFrame(ada, run, 1)).toEqual({ viewers: 0, maxHz: 0 });
  await subscribe(bob, run, 12);
  await subscribe(ada, run, 30);
  expect(await sendFrame(ada, run, 2)).toEqual({ viewers: 1, maxHz: 12 });
  expect(await publish(ada, run, metrics(3))).toEqual({ viewers: 1, maxHz: 12 });
});

test('P51 P53 a viewer is sent the tensors and instances asked for, and the trainer nothing', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await sendFrame(ada, run, 1);
  await subscribe(bob, run);
  await subscribe(ada, run);
  await sendFrame(ada, run, 2, { kept: true });
  await vi.waitFor(() => expect(framesOf(bob).map(({ seq }) => seq)).toEqual([1, 2]));
  const [newest] = framesOf(bob).slice(-1);
  expect(newest?.tensors).toEqual([
    { name: 'W', shape: [2, 3, 2], data: Float32Array.from([1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3]) },
  ]);
  expect(framesOf(ada)).toEqual([]);
});

test('P51 kept frames all arrive, the others at the pace asked for', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await subscribe(bob, run, 2);
  for (let seq = 0; seq < 40; seq++) await sendFrame(ada, run, seq, { kept: seq % 4 === 0 });
  await publish(ada, run, FINISHED);
  await vi.waitFor(() => expect(lastRecord(bob).status.phase).toBe('finished'));
  const [kept, others] = [framesOf(bob).filter((frame) => frame.kept), framesOf(bob).filter((frame) => !frame.kept)];
  expect(kept.map(({ step }) => step)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  expect(others.length).toBeLessThanOrEqual(2);
});

test('P51 where a run pauses everyone is sent the newest frame, due for it or not', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await subscribe(bob, run, 1);
  for (let seq = 0; seq < 9; seq++) await sendFrame(ada, run, seq);
  await publish(ada, run, { type: 'paused', step: 8 });
  await vi.waitFor(() => expect(lastRecord(bob).status.phase).toBe('paused'));
  expect(framesOf(bob).at(-1)?.step).toBe(8);
  const sent = framesOf(bob).length;
  for (let again = 0; again < 5; again++) await publish(ada, run, { type: 'paused', step: 8 });
  expect(framesOf(bob), 'once').toHaveLength(sent);
});

test('P52 the timeline has the kept frames, oldest first, cut alike', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  for (let seq = 0; seq < 100; seq++) await sendFrame(ada, run, seq, { kept: seq !== 2 });
  const request = { run: run.record.id, tensors: ['b'], instances: [2] };
  const frames = unpackFrames(await bob.get('timeline', request)).map(decoded);
  expect(frames.map(({ step }) => step)).toEqual([0, 1, ...Array.from({ length: 97 }, (_, i) => i + 3)]);
  expect(frames[0]?.tensors).toEqual([{ name: 'b', shape: [1, 3], data: Float32Array.from([2, 2, 2]) }]);
  const other = { ...request, run: 'AAAAAAAAAAAAAAAAAAAAAA' };
  expect((await bob.refused('timeline', other)).code).toBe('not-found');
  expect((await bob.refused('subscribe', { ...other, maxHz: 1 })).code).toBe('not-found');
});

test('P23 who comes late is told the run as it stands, within a second', async () => {
  const { lab, room, ada } = await enter();
  const run = await start(ada);
  await publish(ada, run, STARTED);
  await sendFrame(ada, run, 7);
  await publish(ada, run, metrics(8));
  const carol = await connectClient(lab.url);
  const asked = Date.now();
  const { run: snapshot, server } = await carol.join(room, { seat: false });
  expect(Date.now() - asked).toBeLessThan(1_000);
  expect(server).toEqual(lab.compute.engine);
  expect(snapshot).toMatchObject({
    record: { status: { phase: 'running', step: 8 } },
    metrics: [metrics(8)],
    held: false,
  });
  expect(decoded(present(snapshot?.frame, 'a frame')).tensors).toEqual(frameOf(run, 7).tensors);
});

test('P41 P42 a run of the server looks like one of a browser, and is steered alike', async () => {
  const { lab, ada, bob } = await enter();
  const run = await start(ada, { place: 'server', paused: true });
  const trainer = present(lab.compute.started[0], 'a training');
  await subscribe(bob, run);
  trainer.emit(STARTED);
  trainer.emit({ type: 'frame', frame: frameOf(run, 0, { kept: true }) });
  trainer.emit(metrics(1));
  await bob.get('control', { run: run.record.id, action: 'resume' });
  trainer.emit({ type: 'frame', frame: frameOf(run, 3, { kept: true }) });
  trainer.emit(FINISHED);
  await vi.waitFor(() => expect(lastRecord(bob).status.phase).toBe('finished'));
  expect(trainer.targets).toEqual([0, 1_000]);
  expect(framesOf(bob).map(({ seq, lease }) => [seq, lease])).toEqual([
    [1, run.lease],
    [2, run.lease],
  ]);
  expect(ada.heard('metrics')).toEqual(bob.heard('metrics'));
});

test('P41 a run of the server that is replaced is ended, and heard of no more', async () => {
  const { lab, ada, bob } = await enter();
  await start(ada, { place: 'server' });
  const run = await start(bob, { place: 'server' });
  const [first, second] = lab.compute.started;
  expect(first).toMatchObject({ killed: true, targets: [1_000, 'stop'] });
  second?.emit(metrics(9));
  await vi.waitFor(() => expect(ada.heard('metrics')).toEqual([[run.record.id, metrics(9)]]));
});

test('P49 who waits for the server sees its place in the line, and trains when it is its turn', async () => {
  const { lab, ada, bob } = await enter({ limits: { serverRuns: 1, waitingRuns: 1 } });
  const others = [await lab.newRoom(), await lab.newRoom()] as const;
  const eve = await connectClient(lab.url);
  await bob.join(others[0]);
  await eve.join(others[1]);
  await start(ada, { place: 'server' });
  await start(bob, { place: 'server' });
  await vi.waitFor(() =>
    expect(lastRecord(bob).status).toEqual({ phase: 'starting', step: 0, waiting: { place: 1, of: 1, seconds: 10 } }),
  );
  expect(lab.compute.started).toHaveLength(1);
  expect((await eve.refused('start', { ...START, place: 'server' })).code).toBe('limit');
  lab.compute.started[0]?.emit(FINISHED);
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  lab.compute.started[1]?.emit({ type: 'started', engine: { name: 'cranked', device: 'by hand' } });
  await vi.waitFor(() => expect(lastRecord(bob).status).toEqual({ phase: 'running', step: 0 }));
});

test('P47 when a trainer does not come back, everyone is told whose browser stopped where', async () => {
  const { ada, bob } = await enter({ limits: { trainerGrace: 50 } });
  const run = await start(ada);
  await publish(ada, run, metrics(1_000));
  ada.close();
  await vi.waitFor(() => expect(lastRecord(bob).status.phase).toBe('orphaned'));
  expect(lastRecord(bob).status).toMatchObject({
    step: 1_000,
    message: 'Ada’s browser stopped training at step 1,000.',
  });
});

test('P47 nobody is told of a trainer that is away within the limits for less than two seconds', () => {
  expect(LIMITS.trainerGrace).toBeLessThan(2_000);
});

/** Milliseconds: far longer than a busy machine needs to come back, short enough to wait for its end. */
const GRACE = 3_000;

/** Ada's tab in a browser with a cookie, training, and lost. */
async function loseTrainer(
  limits: Partial<Limits> = {},
): Promise<Bench & { run: StartReply; page: { cookie: string } }> {
  const lab = await startTestLab({ limits: { trainerGrace: GRACE, ...limits } });
  const room = await lab.newRoom();
  const page = await openPage(lab.url);
  const [ada, bob] = [await connectClient(lab.url, page), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  const run = await start(ada);
  ada.close();
  await vi.waitFor(() => expect(bob.heard('people').at(-1)?.[0]).toHaveLength(1));
  return { lab, room, ada, bob, run, page };
}

const rejoin = (client: Client, { room, run }: { room: RoomId; run: StartReply }): Promise<JoinReply> =>
  client.join(room, { holds: { run: run.record.id, lease: run.lease } });

test('P47 a trainer that comes back in time goes on, and learns what was asked meanwhile', async () => {
  const bench = await loseTrainer();
  await bench.bob.get('control', { run: bench.run.record.id, action: 'pause' });
  const back = await connectClient(bench.lab.url, bench.page);
  expect((await rejoin(back, bench)).run?.held).toBe(true);
  await vi.waitFor(() => expect(back.heard('target')).toEqual([[bench.run.record.id, bench.run.lease, 0]]));
  await new Promise((resolve) => setTimeout(resolve, GRACE + 100));
  await publish(back, bench.run, metrics(900));
  await publish(back, bench.run, FINISHED);
  await vi.waitFor(() => expect(lastRecord(bench.bob).status.phase).toBe('finished'));
});

test('P47 a trainer that comes back late goes on, where nobody else did', async () => {
  const bench = await loseTrainer({ trainerGrace: 50 });
  await vi.waitFor(() => expect(lastRecord(bench.bob).status.phase).toBe('orphaned'));
  const back = await connectClient(bench.lab.url, bench.page);
  expect((await rejoin(back, bench)).run?.held).toBe(true);
  await vi.waitFor(() => expect(lastRecord(bench.bob).status.phase).toBe('running'));
  await publish(back, bench.run, FINISHED);
  await vi.waitFor(() => expect(lastRecord(bench.bob).status.phase).toBe('finished'));
});

test('S6 S8 P47 another person cannot take the run by claiming to hold it', async () => {
  const bench = await loseTrainer();
  const thief = await connectClient(bench.lab.url);
  expect((await rejoin(thief, bench)).run?.held).toBe(false);
  const event = metrics(1);
  const refusal = await thief.refused('publish', { run: bench.run.record.id, lease: bench.run.lease, event });
  expect(refusal.code).toBe('forbidden');
});

test('P16 a loss that diverged is told as null and kept', async () => {
  const { ada, bob, lab, room } = await enter();
  const run = await start(ada);
  await ada.get('publish', { run: run.record.id, lease: run.lease, event: { ...metrics(1), loss: [null, 0.5] } });
  await vi.waitFor(() => expect(bob.heard('metrics')[0]?.[1].loss).toEqual([null, 0.5]));
  const late = await (await connectClient(lab.url)).join(room);
  expect(late.run?.metrics[0]?.loss).toEqual([null, 0.5]);
});

test('P14 what is sent reliably arrives in its order', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await subscribe(bob, run);
  const steps = Array.from({ length: 120 }, (_, i) => i + 1);
  await Promise.all(
    steps.flatMap((step) => [sendFrame(ada, run, step, { kept: true }), publish(ada, run, metrics(step))]),
  );
  await vi.waitFor(() => expect(framesOf(bob).map(({ step }) => step)).toEqual(steps));
  expect(bob.heard('metrics').map(([, { step }]) => step)).toEqual(steps);
});

test('P50 a stranger can read a frame’s bytes', async () => {
  const { ada, bob } = await enter();
  const run = await start(ada);
  await subscribe(bob, run);
  await sendFrame(ada, run, 7, { kept: true });
  await vi.waitFor(() => expect(bob.heard('frame')).toHaveLength(1));
  const bytes = Buffer.from(present(bob.heard('frame')[0], 'a frame')[0]);
  expect(bytes.toString('ascii', 0, 4)).toBe('PTF1');
  const header = JSON.parse(bytes.toString('ascii', 8, 8 + bytes.readUInt32LE(4))) as {
    tensors: { shape: number[]; offset: number }[];
  };
  const { id } = run.record;
  expect(header).toMatchObject({ version: 1, run: id, lease: run.lease, seq: 7, step: 7, from: 0, kept: true });
  const [W] = header.tensors;
  expect(W).toMatchObject({ name: 'W', dtype: 'float32', shape: [2, 3, 2] });
  const at = present(W, 'W').offset;
  expect(at % 8).toBe(0);
  expect([0, 5, 6, 11].map((i) => bytes.readFloatLE(at + 4 * i))).toEqual([1, 1, 3, 3]);
});

test('P54 of more than 128 kept frames every second one goes, never the first or the newest', async () => {
  const { ada } = await enter();
  const run = await start(ada);
  for (let seq = 0; seq < 150; seq++) await sendFrame(ada, run, seq, { kept: true });
  const request = { run: run.record.id, tensors: ['b'], instances: [0] };
  const steps = unpackFrames(await ada.get('timeline', request)).map((bytes) => decoded(bytes).step);
  expect(steps.length).toBeLessThanOrEqual(128);
  expect([steps[0], steps[1], steps.at(-1)]).toEqual([0, 2, 149]);
});

test('S14 P15 a viewer that does not read is cut, and the room goes on', async () => {
  const { lab, room, ada } = await enter({ limits: { bufferedBytes: 1_000_000 } });
  const spec = { ...SPEC, model: { ...SPEC.model, n: 512, m: 128 } };
  const run = await start(ada, { spec });
  const viewer = await openDeafViewer(lab.url, { protocol: 1, room, name: 'Deaf', colour: 0, seat: false }, run);
  const data = { W: new Float32Array(INSTANCES * 512 * 128), b: new Float32Array(INSTANCES * 512) };
  const tensors = [
    { name: 'W', shape: [INSTANCES, 512, 128], data: data.W },
    { name: 'b', shape: [INSTANCES, 512], data: data.b },
  ];
  for (let seq = 0; seq < 30; seq++) await sendFrame(ada, run, seq, { kept: true, tensors });
  await vi.waitFor(() => expect(ada.heard('people').at(-1)?.[0]).toHaveLength(2), 8_000);
  viewer.terminate();
  expect(await publish(ada, run, metrics(30))).toEqual({ viewers: 0, maxHz: 0 });
});

/** Joins and subscribes by Socket.IO's text protocol, and then reads nothing more. */
async function openDeafViewer(url: string, join: object, { record }: StartReply): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${SOCKET_PATH}/?EIO=4&transport=websocket`);
  await once(socket, 'open');
  const request = { run: record.id, tensors: ['W'], instances: [0, 1, 2, 3], maxHz: 1 };
  await exchange(socket, '40', '40');
  await exchange(socket, `420${JSON.stringify(['join', join])}`, '430');
  await exchange(socket, `421${JSON.stringify(['subscribe', request])}`, '431');
  socket.pause();
  return socket;
}

/** Sends a packet and waits for the one that answers it. */
const exchange = (socket: WebSocket, packet: string, answer: string): Promise<void> =>
  new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data.toString('utf8', 0, answer.length) === answer) resolve();
    });
    socket.send(packet);
  });
