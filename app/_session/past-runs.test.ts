import { expect, test, vi } from 'vitest';
import type { RunId } from '#lib/base/id';
import { ok, refuse, type Refusal } from '#lib/base/result';
import { encodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { keptRun, type KeptRun } from '#lib/runs/kept';
import type { RunRecord } from '#lib/runs/record';
import { startingRecord } from '#lib/runs/record.fixture';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RoomSocket } from './connection.ts';
import { createPastRuns } from './past-runs.ts';
import { newRunView } from './run-view.ts';
import type { RunView } from './state.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 3 });
const idOf = (letter: string): RunId => letter.repeat(22) as RunId;

const recordOf = (letter: string): RunRecord =>
  startingRecord(spec, {
    id: idOf(letter),
    status: { phase: 'finished', step: 10, seconds: 1, evaluationLoss: [3, 1, 2, 5, 9, 4], weightsHash: '' },
  });
const keptOf = (letter: string, name: string | null = null): KeptRun =>
  keptRun(recordOf(letter), { name, pinned: false });
const frame = (letter: string, step: number): Frame => ({
  run: idOf(letter),
  lease: 1,
  seq: step,
  step,
  from: 0,
  kept: true,
  tensors: [],
});

/** A client of a room that had the runs a and b, and whose own is c. */
function client() {
  const asked: [event: string, request: unknown][] = [];
  const refused: Refusal[] = [];
  const ears = new Map<string, (...said: never[]) => void>();
  const held = new Map<string, (() => void)[]>();
  const answers: Readonly<Record<string, (request: { run: RunId }) => unknown>> = {
    history: () => ok({ runs: [keptOf('b'), keptOf('a')], pictures: packFrames([encodeFrame(frame('a', 10))]) }),
    past: ({ run }) =>
      run === idOf('x')
        ? refuse('not-found', 'This run is gone.')
        : ok({
            record: recordOf(run.charAt(0)),
            metrics: [{ type: 'metrics', step: 1, loss: [null], stepsPerSecond: 1 }],
          }),
    timeline: ({ run }) => ok(packFrames([0, 10].map((step) => encodeFrame(frame(run.charAt(0), step))))),
    curate: () => refuse('forbidden', 'Only editors pin.'),
  };
  const socket = {
    connected: true,
    on: (event: string, ear: (...said: never[]) => void) => ears.set(event, ear),
    timeout: () => ({
      async emitWithAck(event: string, request: { run: RunId }) {
        asked.push([event, request]);
        const waiting = held.get(event);
        if (waiting !== undefined) await new Promise<void>((done) => waiting.push(done));
        return answers[event]?.(request);
      },
    }),
  } as unknown as RoomSocket;
  const own = newRunView(recordOf('c'), true);
  let current: RunView | null = own;
  const past = createPastRuns({ socket, current: () => current, refused: (problem) => refused.push(problem) });
  const hear = (event: string, ...said: unknown[]): void => ears.get(event)?.(...(said as never[]));
  const ids = (): string[] | undefined => past.store.getState().runs?.map(({ id }) => id.charAt(0));
  /** Answers to `event` wait until what is returned is called. */
  const hold = (event: string): (() => void) => {
    const waiting: (() => void)[] = [];
    held.set(event, waiting);
    return () => {
      held.delete(event);
      for (const go of waiting) go();
    };
  };
  const makeCurrent = (run: RunView | null): void => {
    current = run;
  };
  return { past, own, asked, refused, hear, ids, hold, makeCurrent };
}

test('the room’s own run is no earlier one, also where it was asked for before it was known to be', async () => {
  const { past, own, hold, makeCurrent } = client();
  makeCurrent(null);
  const answer = hold('past');
  const opened = past.actions.open(idOf('c'));
  makeCurrent(own);
  answer();
  expect(await opened).toBe(true);
  expect(past.store.getState().opened).toBeNull();
});

test('the list is fetched when somebody looks, once, and again after another joining', async () => {
  const { past, asked, ids } = client();
  past.joined();
  expect([asked, ids()]).toEqual([[], undefined]);
  past.actions.look();
  past.actions.look();
  await vi.waitFor(() => expect(ids()).toEqual(['b', 'a']));
  expect(past.store.getState().pictures.get(idOf('a'))?.step).toBe(10);
  expect(asked).toHaveLength(1);
  past.joined();
  expect(asked).toHaveLength(2);
});

test('what is kept, named and forgotten meanwhile is in the list, and what is forgotten is no longer looked at', async () => {
  const { past, hear, ids } = client();
  hear('kept', keptOf('d'), null);
  expect(ids()).toBeUndefined();
  past.actions.look();
  await vi.waitFor(() => expect(ids()).toEqual(['b', 'a']));
  hear('kept', keptOf('d'), encodeFrame(frame('d', 10)));
  hear('kept', keptOf('a', 'The pentagon'), null);
  expect(ids()).toEqual(['d', 'b', 'a']);
  expect(past.store.getState().runs?.at(-1)?.name).toBe('The pentagon');
  expect([...past.store.getState().pictures.keys()]).toEqual([idOf('a'), idOf('d')]);
  await past.actions.open(idOf('b'));
  hear('forgotten', idOf('b'));
  expect([ids(), past.store.getState().opened]).toEqual([['d', 'a'], null]);
});

test('an earlier run is opened with its frames, its losses and the best of its replicas', async () => {
  const { past, asked } = client();
  expect(await past.actions.open(idOf('a'))).toBe(true);
  const { opened, beside, opening } = past.store.getState();
  expect([opened?.record.id, beside, opening]).toEqual([idOf('a'), null, null]);
  expect(opened?.timeline.entries.map(({ step }) => step)).toEqual([0, 10]);
  expect(opened?.metrics[0]?.loss).toEqual([Number.NaN]);
  const instances = asked.flatMap(([event, request]) =>
    event === 'timeline' ? [(request as { instances: number[] }).instances] : [],
  );
  expect(instances).toEqual([
    [0, 3],
    [1, 5],
  ]);
});

test('nothing is fetched of the room’s own run, nor of one that is looked at already', async () => {
  const { past, own, asked } = client();
  await past.actions.open(own.record.id, 'beside');
  expect([asked, past.store.getState().beside]).toEqual([[], own]);
  await past.actions.open(idOf('a'));
  const { length } = asked;
  await past.actions.open(idOf('a'), 'beside');
  expect(asked).toHaveLength(length);
  expect(past.store.getState().beside).toBe(past.store.getState().opened);
  await past.actions.open(own.record.id);
  expect(past.store.getState().opened).toBeNull();
});

test('of two that are opened the later one counts, whichever comes first', async () => {
  const { past, hold } = client();
  const release = hold('past');
  const first = past.actions.open(idOf('a'));
  const second = past.actions.open(idOf('b'));
  expect(past.store.getState().opening).toBe(idOf('b'));
  release();
  expect(await Promise.all([first, second])).toEqual([false, true]);
  expect(past.store.getState().opened?.record.id).toBe(idOf('b'));
});

test('one that is closed while it is on its way stays closed', async () => {
  const { past, hold } = client();
  const release = hold('past');
  const opening = past.actions.open(idOf('a'));
  past.actions.close();
  release();
  expect([await opening, past.store.getState().opened]).toEqual([false, null]);
});

test('what is refused is told, and changes nothing', async () => {
  const { past, refused } = client();
  expect(await past.actions.open(idOf('x'))).toBe(false);
  await past.actions.curate(idOf('a'), { type: 'pin', pinned: true });
  expect(refused.map(({ code }) => code)).toEqual(['not-found', 'forbidden']);
  expect(past.store.getState()).toMatchObject({ opened: null, opening: null });
});
