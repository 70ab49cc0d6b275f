/** A session before it has begun: the room as it stood when the page was made, drawn by the server and until the page is alive. */
import { createStore } from 'zustand/vanilla';
import { refuse } from '#lib/base/result';
import type { LabView } from '#lib/room/lab';
import { initialState } from './lab-state.ts';
import { NO_LINKS, type Links } from './links.ts';
import { NO_NOTES, type Notes, type NotesState } from './notes.ts';
import { NO_RUNS, type PastRuns, type PastRunsState } from './past-runs.ts';
import { ALONE, type Company, type CompanyState } from './company.ts';
import type { Session } from './session.ts';
import { LIVE, type Time, type TimeActions } from './time.ts';
import type { SessionActions } from './state.ts';

const LOST = refuse('unavailable', 'Nobody has joined yet.');

const nothing = (): void => undefined;
const nothingYet = (): Promise<void> => Promise.resolve();

/** Of a session that only stands: the interface offers none of these. */
export const STILL_ACTIONS: SessionActions = {
  join: nothingYet,
  drag: nothing,
  set: nothing,
  edit: nothing,
  manage: () => Promise.resolve(null),
  letGo: nothing,
  run: nothingYet,
  change: nothingYet,
  chooseEngine: nothing,
  chooseServerEngine: nothing,
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
};

export function stillSession(view: LabView | null): Session {
  return {
    store: createStore(() => initialState({ name: '', device: '' }, view)),
    actions: STILL_ACTIONS,
    notes: stillNotes(NO_NOTES),
    pastRuns: stillPastRuns(NO_RUNS),
    time: stillTime(),
    company: stillCompany(ALONE),
    links: stillLinks(),
  };
}

/** Company that does not change. */
export const stillCompany = (state: CompanyState): Company => ({
  store: createStore(() => state),
  actions: {
    look: nothing,
    point: nothing,
    follow: nothing,
    hide: nothing,
    command: nothing,
    show: () => Promise.resolve(false),
    putAway: nothing,
    open: () => Promise.resolve(null),
  },
});

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

/** Links that nobody can make. */
export const stillLinks = (): Links => ({
  store: createStore(() => NO_LINKS),
  actions: {
    make: () => Promise.resolve(LOST),
    recap: () => Promise.resolve(LOST),
    askNames: nothingYet,
    lend: nothingYet,
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
  const actions: TimeActions = {
    go: (own) => {
      store.setState({ own });
    },
    join: nothing,
    begin: (beginning) => {
      store.setState({ beginning });
    },
  };
  return { store, actions, joined: nothing, close: nothing };
}
