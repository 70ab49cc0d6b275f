/**
 * Where this client is in time: at a step of its own, or with the group, whose moment whoever last put a hand on it has moved. A
 * moment is a run and a step; which run's figures are shown follows it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PersonId, RunId } from '#lib/base/id';
import type { Person } from '#lib/room/person';
import { can } from '#lib/room/roles';
import type { GroupTime, Moment } from '#lib/wire/protocol';
import { ask, type RoomSocket } from './connection.ts';
import { createPaced } from './paced.ts';
import type { PastRunsActions } from './past-runs.ts';

export interface TimeState {
  /** This client's own; null: live. */
  readonly own: Moment | null;
  /** null: nobody moves the group's time. */
  readonly group: GroupTime | null;
  /** This client's hand on the time is the group's, and the group's is this client's. */
  readonly together: boolean;
  /** How this client's next run begins, and whether a control that it moves changes the run that is trained. */
  readonly beginning: Beginning;
}

/** With new weights, or with those that are shown: they give different answers (hysteresis). */
export type Beginning = 'afresh' | 'continue';

export interface TimeActions {
  /** To a step of the run that is shown; null: back to live. With the group it moves for all who are in it. */
  readonly go: (moment: Moment | null) => void;
  /** Into the group, or out of it. */
  readonly join: (together: boolean) => void;
  readonly begin: (beginning: Beginning) => void;
}

export interface Time {
  readonly store: StoreApi<TimeState>;
  readonly actions: TimeActions;
  /** Joined, again perhaps: where the group is by now. */
  readonly joined: (group: GroupTime | null) => void;
  readonly close: () => void;
}

export interface TimeDependencies {
  readonly socket: RoomSocket;
  readonly me: () => Person | null;
  readonly runs: Pick<PastRunsActions, 'open' | 'close'>;
}

export const LIVE: TimeState = { own: null, group: null, together: false, beginning: 'afresh' };

/** As often as the server passes it on, ms. */
const INTERVAL_MS = 66;

/** The moment that this client shows of `run`; null: live. */
export function momentOf({ own, group, together }: TimeState, run: string | undefined): Moment | null {
  const moment = together ? group : own;
  return moment !== null && moment.run === run ? moment : null;
}

export function createTime({ socket, me, runs }: TimeDependencies): Time {
  const store = createStore<TimeState>(() => LIVE);
  /** Asked for by this client itself: it stays in the group when a moment ends. */
  let chosen = false;
  /** Whoever has left the group is not taken along again, until they come of themselves. */
  let left = false;
  /** This client's hand was the last one it knows of. */
  let mine = false;

  const said = createPaced<Moment | null>(null, (moment) => void ask(socket, 'time', moment), INTERVAL_MS);

  function lead(moment: Moment | null, by: GroupTime['by']): void {
    mine = moment !== null;
    store.setState({ group: moment === null ? null : { ...moment, by }, together: chosen || moment !== null });
    if (moment === null) said.write(null);
    else said.writeSoon({ run: moment.run, step: moment.step });
  }

  function hear(group: GroupTime | null): void {
    if (mine && group !== null && group.by.id === me()?.id) return;
    const { group: before, own, together } = store.getState();
    mine = false;
    // A moment that begins takes along whoever is live; one that ends lets all go.
    const taken = before === null && group !== null && own === null && !left;
    const inGroup = chosen || (group !== null && (together || taken));
    store.setState({ group, together: inGroup });
    if (inGroup && group !== null) void runs.open(group.run);
    if (group === null && together) runs.close();
  }

  function join(together: boolean): void {
    const { group } = store.getState();
    chosen = together;
    left = !together;
    store.setState({ together, own: null });
    if (together && group !== null) void runs.open(group.run);
  }

  function go(moment: Moment | null): void {
    const { together, group } = store.getState();
    const by = me();
    const follows = group !== null && group.by.id !== by?.id;
    if (!together || by === null) store.setState({ own: moment });
    else if (can(by.role, 'control-run') && !(moment === null && follows)) lead(moment, by);
    else {
      // Another's time is left, not ended.
      join(false);
      store.setState({ own: moment });
    }
  }

  socket.on('time', hear);

  return {
    store,
    actions: {
      go,
      join,
      begin(beginning) {
        store.setState({ beginning });
      },
    },
    joined(group) {
      const { group: before } = store.getState();
      // The server was restarted, and has it from its last hand.
      if (group === null && before !== null && mine) said.write({ run: before.run, step: before.step });
      else hear(group);
    },
    close: said.cancel,
  };
}

/** Whose hand is on the time that `me` sees; null: one's own, or nobody's. */
export const handOn = ({ group, together }: TimeState, me: PersonId | null): GroupTime['by'] | null =>
  together && group !== null && group.by.id !== me ? group.by : null;

/** A moment of a run by its id. */
export const momentAt = (run: string, step: number): Moment => ({ run: run as RunId, step });
