import { expect, test } from 'vitest';
import { refuse, type Result } from '#lib/base/result';
import type { RunRecord, RunStatus } from '#lib/runs/record';
import { startingRecord } from '#lib/runs/record.fixture';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RoomSocket } from './connection.ts';
import { changeRun, pendingChange } from './live-change.ts';
import { newRunView } from './run-view.ts';
import type { SessionState } from './state.ts';

const spec = resolve(DEFAULT_PARAMETERS);

const record = (status: RunStatus, amendments: RunRecord['amendments'] = []): RunRecord =>
  startingRecord(spec, { status, amendments });
const RUNNING = record({ phase: 'running', step: 3 });

/** What is trained, and what the controls say. */
const state = (trained: RunRecord | null, said: Partial<Parameters>): SessionState =>
  ({
    run: trained === null ? null : newRunView(trained, true),
    spec: resolve({ ...DEFAULT_PARAMETERS, ...said }),
  }) as SessionState;

/** Changes the run of `at`: what the server was asked, and what was told of its answer. */
async function change(at: SessionState, answer: Result<null> = { ok: true, value: null }) {
  const asked: unknown[] = [];
  const told: Result<unknown>[] = [];
  const socket = {
    connected: true,
    timeout: () => ({
      emitWithAck: (event: string, request: unknown) => {
        asked.push([event, request]);
        return Promise.resolve(answer);
      },
    }),
  } as unknown as RoomSocket;
  await changeRun({ socket, state: () => at, fail: (each) => told.push(each) });
  return { asked, told };
}

test('learning rate, densities and importances change a run that trains; its size does not', () => {
  expect(pendingChange(state(RUNNING, { learningRate: 0.02 }))).toEqual({ learningRate: 0.02 });
  expect(Object.keys(pendingChange(state(RUNNING, { densityTo: 0.5 })) ?? {})).toEqual(['axes']);
  expect(pendingChange(state(RUNNING, { n: 6 }))).toBeUndefined();
  expect(pendingChange(state(RUNNING, {}))).toBeUndefined();
});

test('what was changed before is no change', () => {
  const amended = record({ phase: 'running', step: 9 }, [{ step: 5, change: { learningRate: 0.02 } }]);
  expect(pendingChange(state(amended, { learningRate: 0.02 }))).toBeUndefined();
  expect(pendingChange(state(amended, {}))).toEqual({ learningRate: DEFAULT_PARAMETERS.learningRate });
});

test('nothing is asked where nothing trains or nothing is different', async () => {
  const stopped = record({ phase: 'stopped', step: 9 });
  for (const at of [state(null, { learningRate: 0.02 }), state(stopped, { learningRate: 0.02 }), state(RUNNING, {})])
    expect((await change(at)).asked).toEqual([]);
});

test('the trainer is asked, and a refusal is told', async () => {
  const at = state(RUNNING, { learningRate: 0.02 });
  const asked = [['amend', { run: RUNNING.id, change: { learningRate: 0.02 } }]];
  expect((await change(at)).asked).toEqual(asked);
  const refused = refuse('forbidden', 'Bob has the knobs.');
  expect(await change(at, refused)).toEqual({ asked, told: [refused] });
});
