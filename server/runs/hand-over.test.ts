/** Trainers that go, and runs that go on: between browsers, to the server, and across its restarts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { heldBy, toCheckpoint, toState } from '#lib/engine/checkpoint';
import { initialCheckpoint } from '#lib/engine/initial';
import { decodeCheckpoint, encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint } from '#lib/runs/events';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { createAssembly, cutIntoParts, type Part } from '#lib/runs/parts';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { Limits } from '#lib/wire/limits';
import type { ContinueReply, PublishedEvent, StartReply } from '#lib/wire/protocol';
import { connectClient, openPage, startTestLab, type Client, type TestLab } from '../lab.fixture.ts';
import { openLibsqlStorage } from '../storage/libsql.ts';
import type { CrankedRun } from './compute.fixture.ts';

/** I = 1 instance of n = 3, m = 2. */
const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 1, replicas: 1, steps: 1_000 });
const START = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };
const STARTED: PublishedEvent = { type: 'started', engine: { name: 'fake', device: 'a test' } };

const metrics = (step: number): PublishedEvent & { type: 'metrics' } => ({
  type: 'metrics',
  step,
  seconds: step / 1_000,
  stepsPerSecond: 1_000,
  loss: [0.1],
});

/** Weights that tell their step. */
function checkpointAt(step: number): Checkpoint {
  const state = toState(SPEC, initialCheckpoint(SPEC));
  heldBy(state, 'W').fill(step);
  return toCheckpoint(SPEC, { step, seconds: step / 1_000 }, state);
}

const frameAt = (step: number): Frame => {
  const tensors = checkpointAt(step).tensors.filter(({ name }) => name === 'W' || name === 'b');
  return { run: '', lease: 0, seq: step, step, from: 0, kept: true, tensors };
};

interface Bench {
  readonly lab: TestLab;
  readonly room: RoomId;
  readonly ada: Client;
  readonly bob: Client;
}

async function enter(limits: Partial<Limits> = {}): Promise<Bench> {
  const lab = await startTestLab({ limits: { trainerGrace: 50, ...limits } });
  const room = await lab.newRoom();
  return { lab, room, ...(await meet(lab, room)) };
}

async function meet(lab: TestLab, room: RoomId): Promise<{ ada: Client; bob: Client }> {
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { ada, bob };
}

const lastRecord = (client: Client): RunRecord => present(client.heard('run').at(-1), 'a run')[0];
const untilPhase = (client: Client, phase: string): Promise<void> =>
  vi.waitFor(() => expect(lastRecord(client).status.phase).toBe(phase), 5_000);

async function upload(client: Client, { record, lease }: StartReply, bytes: Uint8Array, most = 100): Promise<void> {
  for (const part of cutIntoParts(bytes, most)) await client.get('checkpoint', { run: record.id, lease, ...part });
}

const publish = (client: Client, { record, lease }: StartReply, event: PublishedEvent): Promise<unknown> =>
  client.get('publish', { run: record.id, lease, event });

const show = (client: Client, { record, lease }: StartReply, step: number): Promise<unknown> =>
  client.get('frame', encodeFrame({ ...frameAt(step), run: record.id, lease }));

/** Ada trains to step 400, with a checkpoint at 300, and her tab closes. */
async function loseAda({ ada, bob }: Bench): Promise<StartReply> {
  const run = await ada.get<StartReply>('start', START);
  await publish(ada, run, STARTED);
  for (const step of [0, 300, 400]) {
    await show(ada, run, step);
    await publish(ada, run, metrics(step));
  }
  await upload(ada, run, encodeCheckpoint(checkpointAt(300)));
  ada.close();
  await untilPhase(bob, 'orphaned');
  return run;
}

const goOn = (client: Client, run: StartReply, place = 'browser'): Promise<ContinueReply> =>
  client.get('continue', { run: run.record.id, place });

async function download(client: Client, { record, lease, checkpoint }: ContinueReply): Promise<Checkpoint> {
  const assembly = createAssembly();
  for (let offset = 0; ;) {
    const part = await client.get<Part>('checkpointPart', { run: record.id, lease, step: checkpoint, offset });
    const whole = assembly.add(part, 1_000_000);
    if (!whole.ok) throw new Error(whole.error.message);
    const decoded = whole.value && decodeCheckpoint(whole.value);
    if (decoded?.ok === true) return decoded.value;
    offset += part.bytes.length;
  }
}

test('P100 P102 another browser goes on from the last checkpoint, and everyone is told who and where', async () => {
  const bench = await enter({ checkpointPart: 100 });
  const { lab, room, bob } = bench;
  const run = await loseAda(bench);
  const carol = await connectClient(lab.url);
  await carol.join(room, { name: 'Carol' });
  const reply = await goOn(bob, run);
  expect(reply).toMatchObject({ checkpoint: 300, lease: 2, target: 1_000 });
  expect(await download(bob, reply)).toEqual(checkpointAt(300));
  await vi.waitFor(() => expect(lastRecord(carol).lease).toBe(2));
  expect(lastRecord(carol)).toMatchObject({
    id: run.record.id,
    startedBy: { name: 'Ada' },
    trainer: { name: 'Bob' },
    handOver: 'Ada’s browser stopped training at step 400. Bob’s browser went on from step 300.',
    status: { phase: 'starting', step: 300 },
  });
  await publish(bob, reply, STARTED);
  await publish(bob, reply, metrics(500));
  await vi.waitFor(() => expect(carol.heard('metrics')).toHaveLength(1));
});

test('P100 of two who go on at once the second is refused, and who watches always', async () => {
  const bench = await enter();
  const { lab, room, bob } = bench;
  const run = await loseAda(bench);
  const viewer = await connectClient(lab.url);
  await viewer.join(room, { seat: false });
  const request = { run: run.record.id, place: 'browser' };
  expect((await viewer.refused('continue', request)).code).toBe('forbidden');
  const carol = await connectClient(lab.url);
  await carol.join(room, { name: 'Carol' });
  const answers = await Promise.all([bob.ask('continue', request), carol.ask('continue', request)]);
  expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
});

test('S11 P101 a checkpoint is taken from who holds the run, whole, of the run’s shapes, and within its size', async () => {
  const { ada, bob } = await enter();
  const run = await ada.get<StartReply>('start', START);
  const bytes = encodeCheckpoint(checkpointAt(5));
  const part = { run: run.record.id, lease: run.lease, size: bytes.length, offset: 0, bytes };
  expect((await bob.refused('checkpoint', part)).code).toBe('forbidden');
  expect((await ada.refused('checkpoint', { ...part, lease: 9 })).code).toBe('forbidden');
  expect((await ada.refused('checkpoint', { ...part, offset: 8 })).code).toBe('conflict');
  expect((await ada.refused('checkpoint', { ...part, size: 10_000_000 })).code).toBe('limit');
  expect((await ada.refused('checkpoint', { ...part, bytes: 'W' })).code).toBe('invalid');
  const send = (checkpoint: Checkpoint): Promise<unknown> => {
    const encoded = encodeCheckpoint(checkpoint);
    return ada.refused('checkpoint', { ...part, size: encoded.length, bytes: encoded });
  };
  const { tensors } = checkpointAt(5);
  const wrong = { code: 'invalid' };
  expect(await send({ ...checkpointAt(5), step: 1_001 })).toMatchObject({ ...wrong, field: 'step' });
  expect(await send({ ...checkpointAt(5), from: 1 })).toMatchObject({ ...wrong, field: 'from' });
  expect(await send({ ...checkpointAt(5), tensors: tensors.slice(1) })).toMatchObject({ ...wrong, field: 'tensors' });
  const misshapen = tensors.map((tensor) => (tensor.name === 'W' ? { ...tensor, shape: [1, 2, 3] } : tensor));
  expect(await send({ ...checkpointAt(5), tensors: misshapen })).toMatchObject({ ...wrong, field: 'tensors.W' });
  const halves = tensors.map((tensor) => ({ ...tensor, half: true as const }));
  expect(await send({ ...checkpointAt(5), tensors: halves })).toMatchObject({ message: 'W must be float32.' });
  await upload(ada, run, bytes);
});

test('P102 a checkpoint is given to who goes on, and to no other', async () => {
  const bench = await enter();
  const run = await loseAda(bench);
  const reply = await goOn(bench.bob, run);
  const carol = await connectClient(bench.lab.url);
  await carol.join(bench.room);
  const request = { run: run.record.id, lease: reply.lease, step: 300, offset: 0 };
  expect((await carol.refused('checkpointPart', request)).code).toBe('forbidden');
  expect((await bench.bob.refused('checkpointPart', { ...request, step: 299 })).code).toBe('not-found');
  expect((await bench.bob.refused('checkpointPart', { ...request, offset: 1e9 })).code).toBe('not-found');
});

test('P103 what came after the checkpoint is forgotten, and the trainer before it is heard no more', async () => {
  const bench = await enter();
  const { lab, room, bob } = bench;
  const run = await loseAda(bench);
  const reply = await goOn(bob, run);
  const carol = await connectClient(lab.url);
  const { run: snapshot } = await carol.join(room);
  expect(snapshot?.metrics.map(({ step }) => step)).toEqual([0, 300]);
  const request = { run: run.record.id, tensors: ['W'], instances: [0] };
  const steps = unpackFrames(await carol.get('timeline', request)).map((bytes) => {
    const frame = decodeFrame(bytes);
    return frame.ok ? frame.value.step : NaN;
  });
  expect(steps).toEqual([0, 300]);
  const late = { run: run.record.id, lease: run.lease, event: metrics(450) };
  expect((await bob.refused('publish', late)).code).toBe('forbidden');
  await show(bob, reply, 301);
});

test('P103 a run without a checkpoint begins again', async () => {
  const { ada, bob } = await enter();
  const run = await ada.get<StartReply>('start', START);
  await publish(ada, run, metrics(40));
  ada.close();
  await untilPhase(bob, 'orphaned');
  expect(await goOn(bob, run)).toMatchObject({ checkpoint: null, record: { status: { step: 0 } } });
});

/** Training here, to step 400 with a checkpoint at 300. */
function trainHere(trainer: CrankedRun | undefined): CrankedRun {
  const training = present(trainer, 'a training');
  training.emit(STARTED);
  training.emit({ type: 'frame', frame: frameAt(300) });
  training.emit({ type: 'checkpoint', checkpoint: checkpointAt(300) });
  training.emit(metrics(400));
  return training;
}

test('P100 the server goes on with a browser’s run', async () => {
  const bench = await enter();
  const run = await loseAda(bench);
  await goOn(bench.bob, run, 'server');
  const training = present(bench.lab.compute.started[0], 'a training');
  expect(training).toMatchObject({ from: checkpointAt(300), targets: [1_000] });
  training.emit(STARTED);
  training.emit({ type: 'frame', frame: frameAt(300) });
  training.emit({ type: 'finished', step: 1_000, seconds: 1, evaluationLoss: [0], weightsHash: 'a'.repeat(64) });
  await untilPhase(bench.bob, 'finished');
  expect(lastRecord(bench.bob)).toMatchObject({ place: 'server', trainer: null, lease: 2 });
});

test('P104 a training process that breaks is restarted from the last checkpoint, and everyone is told', async () => {
  const { lab, ada, bob } = await enter();
  await ada.get('start', { ...START, place: 'server' });
  trainHere(lab.compute.started[0]).lose('The training process ended (SIGKILL)');
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  expect(lab.compute.started[1]).toMatchObject({ from: checkpointAt(300) });
  await vi.waitFor(() =>
    expect(lastRecord(bob).handOver).toBe(
      'The training process ended (SIGKILL) at step 400. It went on from step 300.',
    ),
  );
});

test('P104 one that breaks again and again waits for someone to press', async () => {
  const { lab, ada, bob } = await enter({ trainerRestarts: 2 });
  const run = await ada.get<StartReply>('start', { ...START, place: 'server' });
  for (let i = 0; i < 3; i++) {
    await vi.waitFor(() => expect(lab.compute.started).toHaveLength(i + 1));
    lab.compute.started[i]?.lose('The training process hung');
  }
  await untilPhase(bob, 'orphaned');
  expect(lastRecord(bob).status).toMatchObject({
    message: 'The training process hung at step 0, after it was restarted 2 times.',
  });
  await goOn(bob, run, 'server');
  expect(lab.compute.started).toHaveLength(4);
});

const LESS = 'Take a smaller batch.';

/** Out of memory at that step, once the trainer of that number is there. */
async function runOut({ compute }: TestLab, number: number, step: number): Promise<void> {
  await vi.waitFor(() => expect(compute.started).toHaveLength(number));
  const training = present(compute.started[number - 1], 'a training');
  training.emit(STARTED);
  if (step > 0) training.emit(metrics(step));
  training.lose('The training process ran out of memory', LESS);
}

test('P104 what comes no further when it is begun anew waits at once, and everyone is told what to change', async () => {
  const { lab, ada, bob } = await enter();
  const run = await ada.get<StartReply>('start', { ...START, place: 'server' });
  await runOut(lab, 1, 0);
  await runOut(lab, 2, 0);
  await untilPhase(bob, 'orphaned');
  expect(lastRecord(bob).status).toMatchObject({
    message: `The training process ran out of memory at step 0, no further than before. ${LESS}`,
  });
  expect(lab.compute.started).toHaveLength(2);
  // Whoever presses may have made room for it: it has its tries again.
  await goOn(bob, run, 'server');
  await runOut(lab, 3, 0);
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(4));
});

test('P104 what comes further each time has all its tries', async () => {
  const { lab, ada, bob } = await enter({ trainerRestarts: 2 });
  await ada.get('start', { ...START, place: 'server' });
  for (const [i, step] of [10, 20, 30].entries()) await runOut(lab, i + 1, step);
  await untilPhase(bob, 'orphaned');
  expect(lastRecord(bob).status).toMatchObject({
    message: `The training process ran out of memory at step 30, after it was restarted 2 times. ${LESS}`,
  });
});

test('P104 the first want of memory after another breakdown is no second one', async () => {
  const { lab, ada } = await enter();
  await ada.get('start', { ...START, place: 'server' });
  trainHere(lab.compute.started[0]).lose('The training process ended (SIGSEGV)');
  await runOut(lab, 2, 350);
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(3));
});

test('P104 one that is paused stays so, and goes on in another process when it is told to', async () => {
  const { lab, ada, bob } = await enter();
  const { record } = await ada.get<StartReply>('start', { ...START, place: 'server' });
  const training = trainHere(lab.compute.started[0]);
  await ada.get('control', { run: record.id, action: 'pause' });
  training.emit({ type: 'paused', step: 400 });
  await untilPhase(bob, 'paused');
  training.lose('The training process ended (SIGKILL)');
  await ada.get('control', { run: record.id, action: 'resume' });
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  expect(lab.compute.started[1]).toMatchObject({ from: checkpointAt(300), targets: [1_000] });
});

test('P104 one that was asked for a single step trains no further than that in another process', async () => {
  const { lab, ada } = await enter();
  const { record } = await ada.get<StartReply>('start', { ...START, place: 'server' });
  const training = trainHere(lab.compute.started[0]);
  await ada.get('control', { run: record.id, action: 'pause' });
  training.lose('The training process ended (SIGKILL)');
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  expect(lab.compute.started[1]?.targets).toEqual(training.targets.slice(-1));
});

test('P104 a card that is lost and does not come back fails no run: another may go on with it', async () => {
  const { lab, ada, bob } = await enter();
  const run = await ada.get<StartReply>('start', { ...START, place: 'server', engine: 'cranked' });
  trainHere(lab.compute.started[0]).lose('The server’s graphics card was lost', 'Choose another engine.');
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  expect(lab.compute.started[1]).toMatchObject({ from: checkpointAt(300), engine: 'cranked' });
  lab.compute.started[1]?.emit({ type: 'failed', step: 0, message: 'This server has no graphics card.' });
  await untilPhase(bob, 'orphaned');
  expect(lastRecord(bob).status).toMatchObject({
    message:
      'This server has no graphics card. The run stands at step 300. Continue it in a browser, or choose another engine in “What trains here” for a new run.',
  });
  expect(await goOn(bob, run)).toMatchObject({ record: { status: { step: 300 } } });
});

test('P104 what fails after it has come further has failed', async () => {
  const { lab, ada, bob } = await enter();
  await ada.get('start', { ...START, place: 'server' });
  trainHere(lab.compute.started[0]).lose('The training process hung');
  await vi.waitFor(() => expect(lab.compute.started).toHaveLength(2));
  lab.compute.started[1]?.emit(STARTED);
  lab.compute.started[1]?.emit(metrics(401));
  lab.compute.started[1]?.emit({ type: 'failed', step: 401, message: 'The loss is not a number.' });
  await untilPhase(bob, 'failed');
});

/** Labs one after the other on the same file, as a server that is started again. */
function createRestarts(limits: Partial<Limits> = {}): () => Promise<TestLab> {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-hand-over-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = new Uint8Array(32);
  return async () => {
    const storage = await openLibsqlStorage(path.join(folder, 'lab.db'));
    return startTestLab({ storage, limits: { trainerGrace: 50, ...limits } }, { secret });
  };
}

test('P48 P105 a run of the server goes on after a restart, though nobody is there', async () => {
  const restart = createRestarts();
  const before = await restart();
  const room = await before.newRoom();
  const { ada } = await meet(before, room);
  const run = await ada.get<StartReply>('start', { ...START, place: 'server' });
  trainHere(before.compute.started[0]);
  await before.close();
  expect(ada.heard('run').at(-1)?.[0].status.phase).toBe('running');

  const after = await restart();
  await vi.waitFor(() => expect(after.compute.started).toHaveLength(1));
  expect(after.compute.started[0]).toMatchObject({ from: checkpointAt(300), targets: [1_000] });
  const { run: snapshot } = await (await connectClient(after.url)).join(room);
  expect(snapshot?.record).toMatchObject({
    id: run.record.id,
    lease: 2,
    handOver: 'The server was restarted at step 400. The server went on from step 300.',
  });
  expect(snapshot?.metrics.map(({ step }) => step)).toEqual([]);
  expect(present(snapshot?.frame, 'a frame').length).toBeGreaterThan(0);
});

test('P105 a run that is paused here rests when nobody is there, and goes on when it is resumed', async () => {
  const lab = await startTestLab({ linger: 20 });
  const room = await lab.newRoom();
  const { ada, bob } = await meet(lab, room);
  const run = await ada.get<StartReply>('start', { ...START, place: 'server' });
  trainHere(lab.compute.started[0]).emit({ type: 'paused', step: 400 });
  await untilPhase(bob, 'paused');
  await ada.get('control', { run: run.record.id, action: 'pause' });
  for (const client of [ada, bob]) client.close();
  await vi.waitFor(() => expect(lab.compute.started[0]?.killed).toBe(true));
  const back = await connectClient(lab.url);
  expect((await back.join(room)).run?.record.status).toEqual({ phase: 'paused', step: 400 });
  expect(lab.compute.started).toHaveLength(1);
  await back.get('control', { run: run.record.id, action: 'resume' });
  expect(lab.compute.started[1]).toMatchObject({ from: checkpointAt(300), targets: [1_000] });
});

test('P105 a browser trains on while the server restarts, and its run goes on when it is back', async () => {
  const restart = createRestarts();
  const before = await restart();
  const room = await before.newRoom();
  const page = await openPage(before.url);
  const ada = await connectClient(before.url, page);
  await ada.join(room);
  const run = await ada.get<StartReply>('start', START);
  await publish(ada, run, STARTED);
  await upload(ada, run, encodeCheckpoint(checkpointAt(300)));
  await before.close();

  const after = await restart();
  const back = await connectClient(after.url, page);
  const joined = await back.join(room, { holds: { run: run.record.id, lease: run.lease } });
  expect(joined.run).toMatchObject({ held: true, record: { lease: 1, status: { phase: 'running' } } });
  await publish(back, run, metrics(700));
});

test('P105 where the browser does not come back, the run waits with its checkpoint', async () => {
  const restart = createRestarts({ restartGrace: 50 });
  const before = await restart();
  const room = await before.newRoom();
  const bench = { lab: before, room, ...(await meet(before, room)) };
  const run = await bench.ada.get<StartReply>('start', START);
  await upload(bench.ada, run, encodeCheckpoint(checkpointAt(300)));
  await before.close();

  const after = await restart();
  const bob = await connectClient(after.url);
  await bob.join(room);
  await untilPhase(bob, 'orphaned');
  expect(await download(bob, await goOn(bob, run))).toEqual(checkpointAt(300));
});
