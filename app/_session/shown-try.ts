/** Another's try, put before the room: a session to look at, whose controls are for nobody's hands. */
import { createStore } from 'zustand/vanilla';
import type { RoomId } from '#lib/base/id';
import type { Tried, TriedDetail } from '#lib/room/tried';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { RunRecord, RunStatus } from '#lib/runs/record';
import { emptyTimeline } from '#lib/runs/timeline';
import { resolve } from '#lib/spec/resolve';
import { followRoom, forkedState } from './forked.ts';
import { NO_RUNS } from './past-runs.ts';
import { newRunView, readFrame, reviveMetrics, reviveRecord, withFrames } from './run-view.ts';
import type { Session } from './session.ts';
import type { RunView, SessionState } from './state.ts';
import { STILL_ACTIONS, stillPastRuns, stillTime } from './still.ts';
import { tryRecord } from './try-record.ts';

export function createShownTry(room: Session, tried: Tried, detail: TriedDetail): Session {
  const item = { id: tried.item, experiment: tried.experiment, label: '', position: 0, set: tried.parameters };
  const store = createStore<SessionState>(() => ({
    ...forkedState(room, false, item),
    handsOff: tried.by.id,
    run: viewOf(tried, detail),
  }));
  const { join, manage, reconnect, dismissLeftBehind } = room.actions;
  const close = followRoom(store, room, false);
  return {
    store,
    actions: { ...STILL_ACTIONS, join, manage, reconnect, dismissLeftBehind, close },
    notes: room.notes,
    pastRuns: stillPastRuns(NO_RUNS),
    time: stillTime(),
    company: room.company,
    links: room.links,
  };
}

/** It forms again before those who look, from the moment at which it was shown. */
function viewOf(tried: Tried, { metrics, evaluationLoss, seconds, frames: packed }: TriedDetail): RunView {
  const { step } = tried;
  const ended: RunStatus =
    evaluationLoss === null
      ? { phase: 'stopped', step }
      : { phase: 'finished', step, seconds, evaluationLoss, weightsHash: '' };
  const view = newRunView(reviveRecord(recordOf(tried, ended)), false, metrics.map(reviveMetrics));
  const frames = unpackFrames(new Uint8Array(packed)).flatMap((bytes) => {
    const frame = readFrame(bytes, tried.run);
    return frame.ok && frame.value !== null ? [frame.value] : [];
  });
  const timeline = withFrames(emptyTimeline(), frames);
  return { ...view, timeline, latest: frames.at(-1) ?? null, bestTimeline: view.best === null ? null : timeline };
}

const recordOf = ({ run, experiment, parameters, by, at }: Tried, status: RunStatus): RunRecord =>
  tryRecord({
    ...{ id: run, room: '' as RoomId, experiment, status },
    spec: resolve(parameters),
    startedBy: by,
    startedAt: at,
  });
