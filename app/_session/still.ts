/** A session before it has begun: the room as it stood when the page was made, drawn by the server and until the page is alive. */
import { createStore } from 'zustand/vanilla';
import type { LabView } from '#lib/room/lab';
import type { Moment } from '#lib/wire/protocol';
import { initialState } from './lab-state.ts';
import { NO_NOTES, type Notes, type NotesState } from './notes.ts';
import { NO_RUNS, type PastRuns, type PastRunsState } from './past-runs.ts';
import type { Session } from './session.ts';
import { LIVE, type Time } from './time.ts';

const nothing = (): void => undefined;
const nothingYet = (): Promise<void> => Promise.resolve();

export function stillSession(view: LabView | null): Session {
  return {
    store: createStore(() => initialState({ name: '', device: '' }, view)),
    // Nobody has joined: the interface offers none of these yet.
    actions: {
      join: nothingYet,
      drag: nothing,
      set: nothing,
      edit: nothing,
      manage: () => Promise.resolve(null),
      letGo: nothing,
      run: nothingYet,
      goOn: nothingYet,
      pause: nothingYet,
      step: nothingYet,
      reset: nothingYet,
      newSeed: nothingYet,
      undo: nothing,
      redo: nothing,
      reconnect: nothing,
      dismiss: nothing,
      dismissLeftBehind: nothing,
      close: nothing,
    },
    notes: stillNotes(NO_NOTES),
    pastRuns: stillPastRuns(NO_RUNS),
    time: stillTime(),
  };
}

/** Notes that nobody can write. */
export const stillNotes = (state: NotesState): Notes => ({
  store: createStore(() => state),
  actions: {
    add: () => null,
    reply: () => false,
    rewrite: () => false,
    resolve: nothing,
    move: nothing,
    remove: nothing,
    write: () => false,
    watchMinutes: () => nothing,
    seen: nothing,
  },
});

/** Runs that nobody can open. */
export const stillPastRuns = (state: PastRunsState): PastRuns => ({
  store: createStore(() => state),
  actions: { look: nothing, open: () => Promise.resolve(false), close: nothing, curate: nothingYet },
  joined: nothing,
});

/** A time that one may go through alone. */
export function stillTime(): Time {
  const store = createStore(() => LIVE);
  const go = (own: Moment | null): void => {
    store.setState({ own });
  };
  return { store, actions: { go, join: nothing }, joined: nothing, close: nothing };
}
