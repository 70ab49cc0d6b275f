/**
 * The present experiment, forked to oneself: parameters in this tab's memory, trained on this machine, and nobody is disturbed. To the
 * interface it is a session like the room's. What came of it can be put before the room, or become the room's.
 */
import { createStore } from 'zustand/vanilla';
import { idFromBytes } from '#lib/base/id';
import { refuse } from '#lib/base/result';
import type { RemoteTrainer } from '#lib/engine/remote';
import { COMPANY_LIMITS } from '#lib/room/limits';
import type { AgendaItem } from '#lib/room/lab';
import { encodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { applyToRecord, isActive, isStale, type RunRecord } from '#lib/runs/record';
import { emptyTimeline } from '#lib/runs/timeline';
import { cellCount } from '#lib/spec/cells';
import { checkRun } from '#lib/spec/resolve';
import type { Parameters } from '#lib/spec/parameters';
import type { ShowRequest, Touch } from '#lib/wire/protocol';
import { followRoom, forkedState, heldBy, labOf } from './forked.ts';
import { labState } from './lab-state.ts';
import { startLocalRun, type LocalRun } from './local-run.ts';
import type { OwnTrainingDependencies } from './own-training.ts';
import { createPaced } from './paced.ts';
import { NO_RUNS } from './past-runs.ts';
import {
  bestInstances,
  cut,
  newRunView,
  shownInstances,
  withFrame,
  withFrames,
  withMetrics,
  withRecord,
} from './run-view.ts';
import type { Session } from './session.ts';
import { stillPastRuns, stillTime } from './still.ts';
import { createTriedLinks } from './tried-links.ts';
import { tryRecord } from './try-record.ts';
import type { RunView, SessionActions, SessionState } from './state.ts';

export interface TryDependencies {
  readonly room: Session;
  readonly item: AgendaItem;
  /** What stood before the eyes: it stands in the fork, too, until something else is trained. */
  readonly from: RunView | null;
  /** Of this view alone: the room's own may be training. */
  readonly trainer: RemoteTrainer;
  readonly host: OwnTrainingDependencies['host'];
  /** ms since 1970 */
  readonly now: () => number;
  /** [0, 1): for new seeds only */
  readonly random: () => number;
}

export interface Try extends Session {
  /** What would be put before the room; null: nothing has been trained. */
  readonly shown: () => ShowRequest | null;
}

/** As the room's: between two drawings the figures glide. */
const RUN_INTERVAL_MS = 33;

export function createTry({ room, item: forked, from, trainer, host, now, random }: TryDependencies): Try {
  const store = createStore<SessionState>(() => ({ ...forkedState(room, true, forked), run: endedOf(from) }));
  const patch = (change: Partial<SessionState>): void => {
    store.setState(change);
  };
  const unfollow = followRoom(store, room, true);
  const shown = createPaced<RunView | null>(store.getState().run, (run) => patch({ run }), RUN_INTERVAL_MS);
  let item = forked;
  let drag: Touch | null = null;
  let local: LocalRun | null = null;
  /** Kept frames of all instances: the best ones are cut from them. */
  let kept: Frame[] = [];
  const undone: AgendaItem[] = [];
  const done: AgendaItem[] = [];

  function refresh(): void {
    const state = labState(labOf(room.store.getState(), item), heldBy(drag));
    if (state !== null) patch({ ...state, title: room.store.getState().title });
    patch({ history: { undo: done.length > 0, redo: undone.length > 0 } });
  }

  function become(next: AgendaItem): void {
    item = next;
    drag = null;
    refresh();
  }

  function set(values: Partial<Parameters>): void {
    done.push(item);
    undone.length = 0;
    become({ ...item, set: { ...item.set, ...values } });
  }

  function end(): void {
    local?.setTarget('stop');
    local = null;
  }

  function start(paused: boolean): boolean {
    end();
    const { spec, me } = store.getState();
    const checked = checkRun(spec);
    if (!checked.ok || me === null) {
      patch({ problem: checked.ok ? NOBODY.error : checked.error });
      return false;
    }
    const record = newRecord(room, item, store.getState(), now());
    const target = paused ? 0 : spec.steps;
    kept = [];
    patch({ problem: null });
    trainer.prefer(store.getState().browserChoice);
    shown.write(newRunView(record, true));
    const run = startLocalRun(trainer, host({ target, amendments: [] }), spec, (event) => {
      const view = shown.read();
      // Of the run before, which has not heard yet that it has ended.
      if (local !== run || view === null) return;
      if (event.type === 'frame') {
        const frame: Frame = { ...event.frame, run: record.id, lease: 0, seq: 0 };
        if (frame.kept) kept.push(frame);
        shown.writeSoon(withFrame(view, cut(frame, shownInstances(spec))));
      } else if (event.type === 'metrics') shown.writeSoon(withMetrics(view, event));
      else shown.write(withBest(withRecord(view, applyToRecord(view.record, event))));
    });
    local = run;
    return true;
  }

  function withBest(view: RunView): RunView {
    if (view.best === null || view.bestTimeline !== null) return view;
    const instances = bestInstances(view.record.spec, view.best);
    return {
      ...view,
      bestTimeline: withFrames(
        emptyTimeline(),
        kept.map((frame) => cut(frame, instances)),
      ),
    };
  }

  const steer = (target: (record: RunRecord) => number): Promise<void> => {
    const record = shown.read()?.record;
    if (record !== undefined && isActive(record.status)) local?.setTarget(target(record));
    return Promise.resolve();
  };
  const resumable = (): boolean => {
    const { run, specHash: hash } = store.getState();
    return local !== null && run?.record.status.phase === 'paused' && !isStale(run.record, hash);
  };
  const begin = (paused: boolean): Promise<void> => {
    start(paused);
    return Promise.resolve();
  };

  const actions: SessionActions = {
    ...room.actions,
    drag(parameter, value) {
      drag = { item: item.id, parameter, value };
      refresh();
    },
    set,
    // The room's title and agenda are not a try's.
    edit: () => undefined,
    letGo() {
      drag = null;
      refresh();
    },
    run: () => (resumable() ? steer(({ spec }) => spec.steps) : begin(false)),
    goOn: () => begin(false),
    pause: () => steer(() => 0),
    async step() {
      const { run, specHash: hash } = store.getState();
      const waits = local !== null && run !== null && isActive(run.record.status) && !isStale(run.record, hash);
      if (waits || start(true)) await steer(({ status }) => status.step + 1);
    },
    reset: () => begin(true),
    newSeed() {
      set({ seed: Math.floor(random() * 2 ** 32) });
      return begin(false);
    },
    undo() {
      const before = done.pop();
      if (before === undefined) return;
      undone.push(item);
      become(before);
    },
    redo() {
      const after = undone.pop();
      if (after === undefined) return;
      done.push(item);
      become(after);
    },
    dismiss: () => {
      patch({ problem: null });
    },
    close() {
      end();
      shown.cancel();
      unfollow();
      trainer.close();
    },
  };

  return {
    store,
    actions,
    notes: room.notes,
    pastRuns: stillPastRuns(NO_RUNS),
    time: stillTime(),
    company: room.company,
    links: createTriedLinks(
      () => {
        const view = shown.read();
        return view?.mine === true ? { record: view.record, metrics: view.metrics, frames: kept } : null;
      },
      () => now() + store.getState().clockOffset,
    ),
    shown: () => {
      const view = shown.read();
      return view?.mine !== true || view.latest === null ? null : showRequest(view, item, store.getState().parameters);
    },
  };
}

const NOBODY = refuse('forbidden', 'Join the room first.');

/** What still moves is left to those who train it. */
const endedOf = (run: RunView | null): RunView | null =>
  run !== null && run.record.status.phase === 'finished' ? { ...run, mine: false } : null;

const newRecord = (
  room: Session,
  { experiment }: AgendaItem,
  { spec, me, clockOffset }: SessionState,
  now: number,
): RunRecord =>
  tryRecord({
    id: idFromBytes<'run'>(crypto.getRandomValues(new Uint8Array(16))),
    room: room.store.getState().run?.record.room ?? ('' as RunRecord['room']),
    ...{ experiment, spec },
    startedBy: { id: me?.id ?? ('' as never), name: me?.name ?? '' },
    startedAt: now + clockOffset,
    status: { phase: 'starting', step: 0 },
  });

/** The best replicas where they are known, thinned until they fit into one message. */
function showRequest(view: RunView, item: AgendaItem, parameters: Parameters): ShowRequest {
  const { record, metrics, timeline, bestTimeline } = view;
  const { spec, status } = record;
  const frames = (bestTimeline ?? timeline).entries.map(({ frame }) => encodeFrame(frame));
  const points = Math.min(COMPANY_LIMITS.tryPoints, Math.floor(COMPANY_LIMITS.tryLosses / cellCount(spec)));
  return {
    run: record.id,
    item: item.id,
    experiment: item.experiment,
    parameters,
    step: status.step,
    metrics: thinned(metrics, points),
    evaluationLoss: status.phase === 'finished' ? status.evaluationLoss : null,
    seconds: status.phase === 'finished' ? status.seconds : 0,
    frames: packFrames(fitting(frames)),
  };
}

/** Evenly, the first and the last among them. */
function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / Math.max(1, most - 1))] as T);
}

function fitting(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  const size = frames.reduce((bytes, frame) => bytes + frame.length + 4, 0);
  const share = Math.min(1, COMPANY_LIMITS.tryBytes / size);
  return thinned(frames, Math.max(1, Math.min(COMPANY_LIMITS.tryFrames, Math.floor(frames.length * share))));
}
