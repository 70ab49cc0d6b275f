/**
 * The room's run as it reaches this client: from Socket.IO where another trains it, straight from the trainer where this tab
 * does. It asks the server for the shown instances' frames, and at the end for those of the best ones.
 */
import type { RunId } from '#lib/base/id';
import type { MetricsEvent, RunEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import { applyToRecord, isActive, type RunRecord } from '#lib/runs/record';
import { emptyTimeline } from '#lib/runs/timeline';
import { LIMITS } from '#lib/wire/limits';
import type { RunSnapshot } from '#lib/wire/protocol';
import { ask, type RoomSocket } from './connection.ts';
import {
  allInstances,
  bestInstances,
  cut,
  handedOver,
  knownFrames,
  newRunView,
  readFrame,
  reviveMetrics,
  reviveRecord,
  shownInstances,
  SHOWN_TENSORS,
  withFrame,
  withFrames,
  withMetrics,
  withRecord,
} from './run-view.ts';
import { keptFrames } from './past-frames.ts';
import type { Paced } from './paced.ts';
import type { RunView } from './state.ts';

export interface RunFeed {
  /** The run as it stands when one joins, and after every reconnect. */
  readonly adopt: (snapshot: RunSnapshot | null) => void;
  /** A run that this tab begins to train. */
  readonly begin: (record: RunRecord) => void;
  /** A run of another that this tab goes on with. Resolves when everything kept of it is here. */
  readonly takeOver: (record: RunRecord) => Promise<void>;
  /** One event of the run that this tab trains. */
  readonly trained: (event: RunEvent) => void;
  readonly record: (record: RunRecord) => void;
  readonly metrics: (run: RunId, event: MetricsEvent) => void;
  readonly frame: (bytes: ArrayBuffer) => void;
}

export function createRunFeed(socket: RoomSocket, { read, write, writeSoon }: Paced<RunView | null>): RunFeed {
  /** Kept frames of the run trained here, all instances: the best ones are cut from them. */
  let own: Frame[] = [];

  const update = (run: RunId, change: (view: RunView) => RunView): void => {
    const view = read();
    if (view?.record.id === run) writeSoon(change(view));
  };

  const timelineOf = (record: RunRecord, instances: readonly number[]): Promise<readonly Frame[]> =>
    keptFrames(socket, record, instances);

  const watch = async (record: RunRecord): Promise<void> => {
    const instances = shownInstances(record.spec);
    const subscription = { run: record.id, tensors: SHOWN_TENSORS, instances, maxHz: LIMITS.framesPerSecond };
    if (isActive(record.status)) await ask(socket, 'subscribe', subscription);
    const frames = await timelineOf(record, instances);
    update(record.id, (view) => knownFrames(frames).reduce(withFrame, view));
  };

  const showBest = async (view: RunView): Promise<void> => {
    if (view.best === null || view.bestTimeline !== null) return;
    const instances = bestInstances(view.record.spec, view.best);
    const frames =
      view.mine && own[0]?.step === 0
        ? own.map((frame) => cut(frame, instances))
        : await timelineOf(view.record, instances);
    if (frames.length === 0) return;
    update(view.record.id, (now) => ({ ...now, bestTimeline: withFrames(emptyTimeline(), frames) }));
  };

  const show = (view: RunView): void => {
    write(view);
    void showBest(view);
  };

  const start = (record: RunRecord, metrics: readonly MetricsEvent[] = []): void => {
    own = [];
    show(newRunView(record, false, metrics));
    void watch(record);
  };

  return {
    adopt(snapshot) {
      const view = read();
      if (snapshot === null) return;
      const record = reviveRecord(snapshot.record);
      const metrics = snapshot.metrics.map(reviveMetrics);
      if (view?.record.id !== record.id) start(record, metrics);
      else if (view.record.lease !== record.lease) start(record, metrics);
      else if (!view.mine || !snapshot.held) {
        show({ ...withRecord(metrics.reduce(withMetrics, view), record), mine: false });
        void watch(record);
      }
      const frame = snapshot.frame === null ? null : readFrame(snapshot.frame, snapshot.record.id);
      if (frame?.ok === true && frame.value !== null) {
        const shown = cut(frame.value, shownInstances(snapshot.record.spec));
        update(snapshot.record.id, (now) => (now.mine ? now : withFrame(now, shown)));
      }
    },
    begin(record) {
      own = [];
      write(newRunView(record, true));
    },
    async takeOver(record) {
      const view = read();
      write({ ...handedOver(view?.record.id === record.id ? view : newRunView(record, true), record), mine: true });
      // The best replicas, known at the end, are cut from all of them.
      own = [...(await timelineOf(record, allInstances(record.spec)))];
    },
    trained(event) {
      const view = read();
      if (view?.mine !== true) return;
      if (event.type === 'frame') {
        const frame: Frame = { ...event.frame, run: view.record.id, lease: 0, seq: 0 };
        if (frame.kept) own.push(frame);
        writeSoon(withFrame(view, cut(frame, shownInstances(view.record.spec))));
      } else {
        if (event.type === 'metrics') writeSoon(withMetrics(view, event));
        else show(withRecord(view, applyToRecord(view.record, event)));
      }
    },
    record(told) {
      const record = reviveRecord(told);
      const view = read();
      if (view?.record.id !== record.id) start(record);
      else if (view.record.lease < record.lease) {
        show(handedOver(view, record));
        void watch(record);
      }
      // The tab that trains knows first; only an end that came from elsewhere is news to it.
      else if (!view.mine || (isActive(view.record.status) && !isActive(record.status))) show(withRecord(view, record));
    },
    metrics(run, event) {
      update(run, (view) => (view.mine ? view : withMetrics(view, reviveMetrics(event))));
    },
    frame(bytes) {
      const view = read();
      if (view === null || view.mine) return;
      const frame = readFrame(bytes, view.record.id);
      if (frame.ok && frame.value !== null) writeSoon(withFrame(view, frame.value));
    },
  };
}
