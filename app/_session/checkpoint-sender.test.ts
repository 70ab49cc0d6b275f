import { expect, it } from 'vitest';
import { ok, refuse, type Result } from '#lib/base/result';
import { decodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint } from '#lib/runs/events';
import { createAssembly, type Part } from '#lib/runs/parts';
import { LIMITS } from '#lib/wire/limits';
import { createCheckpointSender } from './checkpoint-sender.ts';

/** A checkpoint of `size` numbers. */
const checkpoint = (step: number, size = 1): Checkpoint => ({
  step,
  seconds: step / 1_000,
  from: 0,
  tensors: [{ name: 'W', shape: [size], data: new Float32Array(size).fill(step) }],
});

const LARGE = LIMITS.checkpointPart / 2;

/** A server that puts parts together, and answers when the test says so. */
function createHandServer() {
  const assembly = createAssembly();
  const arrived: number[] = [];
  const answers: ((answer: Result<null> | null) => void)[] = [];
  const line = { up: true };
  const upload = (part: Part): Promise<Result<null> | null> => {
    const whole = assembly.add(part, 49_000_000);
    const decoded = whole.ok && whole.value !== null ? decodeCheckpoint(whole.value) : undefined;
    if (decoded?.ok === true) arrived.push(decoded.value.step);
    return new Promise((resolve) => answers.push(resolve));
  };
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  const answer = async (value: Result<null> | null): Promise<void> => {
    answers.shift()?.(value);
    await settle();
  };
  const sender = createCheckpointSender(
    upload,
    () => line.up,
    () => Promise.resolve(),
  );
  return { sender, arrived, waiting: answers, line, answer };
}

it('sends a large one in parts, each after the answer to the one before', async () => {
  const { sender, arrived, waiting, answer } = createHandServer();
  sender.send(checkpoint(7, LARGE));
  for (const parts of [0, 1]) {
    expect([waiting.length, arrived]).toEqual([1, []]);
    await answer(ok(null));
    expect(parts).toBeLessThan(2);
  }
  expect(arrived).toEqual([7]);
});

it('of those that come while one is under way only the newest is sent', async () => {
  const { sender, arrived, answer } = createHandServer();
  for (const step of [1, 2, 3]) sender.send(checkpoint(step));
  await answer(ok(null));
  await answer(ok(null));
  await answer(ok(null));
  expect(arrived).toEqual([1, 3]);
});

it('begins again from the first part after a lost connection, with the newest', async () => {
  const { sender, arrived, waiting, line, answer } = createHandServer();
  sender.send(checkpoint(1, LARGE));
  await answer(ok(null));
  line.up = false;
  await answer(null);
  sender.send(checkpoint(2));
  expect(waiting).toHaveLength(0);
  line.up = true;
  sender.resume();
  await answer(ok(null));
  expect(arrived).toEqual([2]);
});

it('does not repeat what was refused', async () => {
  const { sender, waiting, answer } = createHandServer();
  sender.send(checkpoint(1));
  await answer(refuse('invalid', 'W must be [1].'));
  sender.resume();
  expect(waiting).toHaveLength(0);
});

it('repeats a few times what came before its frames, and then lets it be', async () => {
  const { sender, arrived, waiting, answer } = createHandServer();
  const early = refuse('conflict', 'The kept frames of the tiles before come first.');
  sender.send(checkpoint(1));
  await answer(early);
  await answer(ok(null));
  expect([arrived, waiting]).toEqual([[1, 1], []]);
  sender.send(checkpoint(2));
  for (let tries = 1; tries <= 5; tries++) await answer(early);
  expect([arrived.slice(2), waiting]).toEqual([[2, 2, 2, 2, 2], []]);
});

it('the newest comes in the place of one that is waited with', async () => {
  const { sender, arrived, answer } = createHandServer();
  sender.send(checkpoint(1));
  sender.send(checkpoint(2));
  await answer(refuse('conflict', 'The kept frames of the tiles before come first.'));
  await answer(ok(null));
  expect(arrived).toEqual([1, 2]);
});
