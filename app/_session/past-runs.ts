/**
 * The runs that the room has had, as this client knows them: the list with its pictures, fetched when somebody first looks, and
 * those of them that are looked at, each a `RunView` like the room's own run.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunId } from '#lib/base/id';
import { ok, type Refusal, type Result } from '#lib/base/result';
import { decodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { KeptRun } from '#lib/runs/kept';
import { emptyTimeline } from '#lib/runs/timeline';
import type { CurateRequest } from '#lib/wire/protocol';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { keptFrames } from './past-frames.ts';
import {
  bestInstances,
  knownFrames,
  newRunView,
  reviveMetrics,
  reviveRecord,
  shownInstances,
  withFrame,
  withFrames,
} from './run-view.ts';
import type { RunView } from './state.ts';

export interface PastRunsState {
  /** Newest first; null until somebody has looked. */
  readonly runs: readonly KeptRun[] | null;
  /** W of one instance for each cell, as a run ended. */
  readonly pictures: ReadonlyMap<string, Frame>;
  /** An earlier run whose figures this viewer looks at; null: the room's own. */
  readonly opened: RunView | null;
  /** Beside it, or beside the room's. */
  readonly beside: RunView | null;
  /** The run that is on its way. */
  readonly opening: RunId | null;
}

/** Where a run is looked at: in place of the room's own, or beside what is looked at already. */
export type Side = 'opened' | 'beside';

export interface PastRunsActions {
  /** Fetches the list, once; it is kept up to date from then on. */
  readonly look: () => void;
  /** True when its figures are there. Of the room's own run nothing is fetched. */
  readonly open: (run: string, side?: Side) => Promise<boolean>;
  readonly close: (side?: Side) => void;
  readonly curate: (run: RunId, change: CurateRequest['change']) => Promise<void>;
}

export interface PastRuns {
  readonly store: StoreApi<PastRunsState>;
  readonly actions: PastRunsActions;
  /** Joined, again perhaps: what has happened meanwhile is not known. */
  readonly joined: () => void;
}

export interface PastRunsDependencies {
  readonly socket: RoomSocket;
  /** The room's own run, which needs not be fetched. */
  readonly current: () => RunView | null;
  readonly refused: (problem: Refusal) => void;
}

export const NO_RUNS: PastRunsState = { runs: null, pictures: new Map(), opened: null, beside: null, opening: null };

export function createPastRuns({ socket, current, refused }: PastRunsDependencies): PastRuns {
  const store = createStore<PastRunsState>(() => NO_RUNS);
  let looked = false;

  async function fetchList(): Promise<void> {
    const answer = await ask(socket, 'history', null);
    if (answer?.ok !== true) return;
    const { runs, pictures } = answer.value;
    store.setState({ runs, pictures: new Map(decodeAll(unpackFrames(new Uint8Array(pictures)))) });
  }

  /** Opened again while one is on its way: the last one counts. */
  const wanted: Record<Side, string | null> = { opened: null, beside: null };

  async function open(run: string, side: Side = 'opened'): Promise<boolean> {
    wanted[side] = run;
    if (openCurrent(run, side)) return true;
    const { opened, beside } = store.getState();
    const known = [opened, beside].find((view) => view?.record.id === run);
    if (known !== undefined) {
      store.setState({ [side]: known });
      return true;
    }
    store.setState({ opening: run as RunId });
    const view = await fetchRun(socket, run as RunId);
    store.setState(({ opening }) => ({ opening: opening === run ? null : opening }));
    if (!view.ok) refused(view.error);
    if (!view.ok || wanted[side] !== run) return false;
    // Asked for before it was known what the room's own run is, as by a leader whom one finds there.
    if (!openCurrent(run, side)) store.setState({ [side]: view.value });
    return true;
  }

  /** True where it is the room's own, which is no earlier one. */
  function openCurrent(run: string, side: Side): boolean {
    if (run !== current()?.record.id) return false;
    store.setState({ [side]: side === 'opened' ? null : current() });
    return true;
  }

  function close(side: Side = 'opened'): void {
    wanted[side] = null;
    store.setState({ [side]: null });
  }

  function kept(run: KeptRun, picture: Uint8Array | null): void {
    const { runs, pictures } = store.getState();
    if (runs === null) return;
    store.setState({
      runs: listed(runs, run),
      pictures: picture === null ? pictures : new Map([...pictures, ...decodeAll([new Uint8Array(picture)])]),
    });
  }

  socket.on('kept', kept);
  socket.on('forgotten', (run) => {
    const { runs, opened, beside } = store.getState();
    store.setState({
      runs: runs?.filter(({ id }) => id !== run) ?? null,
      opened: opened?.record.id === run ? null : opened,
      beside: beside?.record.id === run ? null : beside,
    });
  });

  return {
    store,
    actions: {
      look() {
        if (!looked) void fetchList();
        looked = true;
      },
      open,
      close,
      async curate(run, change) {
        const answer = (await ask(socket, 'curate', { run, change })) ?? LOST;
        if (!answer.ok) refused(answer.error);
      },
    },
    joined() {
      if (looked) void fetchList();
    },
  };
}

/** A new one is the newest; one that is known stays in its place. */
export const listed = (runs: readonly KeptRun[], run: KeptRun): readonly KeptRun[] =>
  runs.some(({ id }) => id === run.id) ? runs.map((held) => (held.id === run.id ? run : held)) : [run, ...runs];

const decodeAll = (pictures: readonly Uint8Array[]): readonly (readonly [string, Frame])[] =>
  pictures.map(decodeFrame).flatMap((frame) => (frame.ok ? [[frame.value.run, frame.value] as const] : []));

/** A run in full: what it showed while it trained, and its best replicas. */
async function fetchRun(socket: RoomSocket, run: RunId): Promise<Result<RunView>> {
  const answer = (await ask(socket, 'past', { run })) ?? LOST;
  if (!answer.ok) return answer;
  const record = reviveRecord(answer.value.record);
  const empty = newRunView(record, false, answer.value.metrics.map(reviveMetrics));
  const frames = await keptFrames(socket, record, shownInstances(record.spec));
  const view = knownFrames(frames).reduce(withFrame, empty);
  if (view.best === null) return ok(view);
  const best = await keptFrames(socket, record, bestInstances(record.spec, view.best));
  return ok({ ...view, bestTimeline: best.length === 0 ? null : withFrames(emptyTimeline(), best) });
}
