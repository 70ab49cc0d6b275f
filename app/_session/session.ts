/**
 * One client of one room: a store of `SessionState` and the actions on it. No React here; `react.tsx` is the thin skin.
 *
 * Three sources meet: the document `lab` (parameters), Socket.IO (people, the run), and, where this tab trains, the trainer
 * itself, whose events are drawn directly and whose echo is never asked for.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RoomId } from '#lib/base/id';
import type { Refusal, Result } from '#lib/base/result';
import type { RemoteTrainer } from '#lib/engine/remote';
import { editLab } from '#lib/room/agenda';
import { readLab, setParameters, type LabView } from '#lib/room/lab';
import { can } from '#lib/room/roles';
import type { ParameterKey, Parameters } from '#lib/spec/parameters';
import { CLOSE, type JoinReply } from '#lib/wire/protocol';
import { createCompany, type Company } from './company.ts';
import { ask, LOST, openSocket } from './connection.ts';
import { createDragging } from './dragging.ts';
import { createEntry, type Asked } from './entry.ts';
import { createLabCopy } from './lab-copy.ts';
import { initialState, labState } from './lab-state.ts';
import {
  engineChoice,
  forgetKeys,
  introduction,
  isHidden,
  leftBehindOf,
  recentRooms,
  rememberEngineChoice,
  rememberHidden,
  rememberIntroduction,
  rememberLeftBehind,
  rememberRoom,
  rememberSeenNotes,
  seenNotesOf,
} from './memory.ts';
import { createLinks, type Links } from './links.ts';
import { createNotes, type Notes } from './notes.ts';
import { createPaced } from './paced.ts';
import { createOwnTraining, type OwnTrainingDependencies } from './own-training.ts';
import { createPastRuns, type PastRuns } from './past-runs.ts';
import { createReconnector } from './reconnect.ts';
import { createRunCommands } from './run-commands.ts';
import { createRunFeed } from './run-feed.ts';
import type { RunView, SessionActions, SessionState } from './state.ts';
import { engineSeen } from './server-engine.ts';
import { createTime, type Time } from './time.ts';

export interface SessionOptions {
  readonly room: RoomId;
  /** Where the server is, e.g. `http://localhost:3000`. */
  readonly origin: string;
  readonly trainer: RemoteTrainer;
  /** The room's document as it stood when the page was made. */
  readonly glance: LabView | null;
  /** A host for one run in this tab, which may train up to `target`. */
  readonly host: OwnTrainingDependencies['host'];
  /** ms since 1970 */
  readonly now: () => number;
  /** [0, 1): for jitter and new seeds only */
  readonly random: () => number;
}

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  readonly notes: Notes;
  readonly pastRuns: PastRuns;
  readonly time: Time;
  readonly company: Company;
  readonly links: Links;
}

/** The room is drawn anew for a run's frames 30 times a second at most: between two of them the figures glide. */
const RUN_INTERVAL_MS = 33;

const NOTES_REFUSED: Refusal = {
  code: 'forbidden',
  message: 'Your last notes came too late, as your role has changed: they are not in the room.',
};

const KEY_ENDED: Refusal = {
  code: 'forbidden',
  message: 'The invitation that you came with has expired or was revoked. Ask the owner for a new one if you need it.',
};

/** Origin of changes that cannot be taken back. */
const SELECTION = {};

const GONE: Refusal = { code: 'not-found', message: 'The owner has deleted this room.' };

export function createSession(options: SessionOptions): Session {
  const { room, origin, trainer, now } = options;
  const socket = openSocket(origin);
  const store = createStore<SessionState>(() => initialState(trainer.engine, options.glance));
  const patch = (change: Partial<SessionState>): void => {
    store.setState(change);
  };

  const copy = createLabCopy({
    address: { origin, room },
    random: options.random,
    changed: () => {
      refresh();
    },
    unsaved: (count) => {
      tellUnsaved({ lab: count });
    },
    history: (history) => {
      patch({ history });
    },
    leftBehind: (leftBehind) => {
      patch({ leftBehind });
    },
    refused: (problem) => {
      patch({ problem });
    },
    enter: () => void enter(),
  });
  const notes = createNotes({
    address: { origin, room },
    random: options.random,
    now: () => now() + store.getState().clockOffset,
    seenAt: seenNotesOf(room),
    rememberSeen: (at) => {
      rememberSeenNotes(room, at);
    },
    unsaved: (count) => {
      tellUnsaved({ notes: count });
    },
    closed: notesClosed,
    refused: (problem) => {
      patch({ problem });
    },
  });
  const shownRun = createPaced<RunView | null>(
    null,
    (run) => {
      patch({ run });
    },
    RUN_INTERVAL_MS,
  );
  const reconnector = createReconnector(socket, {
    now,
    random: options.random,
    waiting: (nextAt) => {
      const { connection } = store.getState();
      const since = connection.phase === 'reconnecting' ? connection.since : now();
      if (connection.phase !== 'refused') patch({ connection: { phase: 'reconnecting', since, nextAt } });
    },
  });
  const company = createCompany({
    socket,
    hidden: isHidden(),
    rememberHidden,
    refused: (problem) => {
      patch({ problem });
    },
  });
  company.store.subscribe(({ guide: { knobs } }) => {
    const handsOff = knobs === store.getState().me?.id ? null : knobs;
    if (handsOff !== store.getState().handsOff) patch({ handsOff });
  });
  const feed = createRunFeed(socket, shownRun);
  const pastRuns = createPastRuns({
    socket,
    current: () => shownRun.read(),
    refused: (problem) => {
      patch({ problem });
    },
  });
  const time = createTime({ socket, me: () => store.getState().me, runs: pastRuns.actions });
  const own = createOwnTraining({
    socket,
    feed,
    trainer,
    host: options.host,
    live: () => socket.connected && store.getState().connection.phase === 'live',
  });

  const drag = createDragging({
    socket,
    changed: () => {
      refresh();
    },
  });
  let unsaved = { lab: 0, notes: 0 };
  const entry = createEntry({
    ...{ socket, room, now, own, entered },
    isLive: () => store.getState().connection.phase === 'live',
    full: (problem) => {
      patch({ problem });
    },
    shut: (refusal) => {
      patch({ connection: { phase: 'refused', refusal } });
    },
  });
  const { enter, refused } = entry;

  function refresh(): void {
    const view = readLab(copy.lab().doc);
    const held = drag.held();
    const hands = [...store.getState().touches.values(), ...(held === null ? [] : [held])];
    const state = view === undefined ? null : labState(view, hands);
    if (state !== null) patch(state);
  }

  function notesClosed(code: number): void {
    if (code === CLOSE.forbidden) {
      if (unsaved.notes > 0) copy.offerAsFile(notes.own());
      notes.replace();
      tellUnsaved({ notes: 0 });
      patch({ problem: NOTES_REFUSED });
      void enter();
    } else copy.closed(code);
  }

  function tellUnsaved(change: Partial<typeof unsaved>): void {
    unsaved = { ...unsaved, ...change };
    patch({ unsaved: unsaved.lab + unsaved.notes });
  }

  const fail = (answer: Result<unknown>): void => {
    if (!answer.ok) patch({ problem: answer.error });
  };

  function entered(reply: JoinReply, { at, keys }: Asked): void {
    const clockOffset = reply.now - (at + now()) / 2;
    patch({
      connection: { phase: 'live' },
      me: entry.seat().chosen ? reply.me : null,
      people: reply.people,
      facts: reply.facts,
      spared: reply.spared,
      ownerKey: keys.find((_, i) => reply.keys[i] === 'owner') ?? null,
      serverEngine: reply.server,
      serverPace: reply.serverPace,
      serverOffers: reply.serverOffers,
      clockOffset,
    });
    void copy.open(reply.ticket, reply.epoch, can(reply.me.role, 'edit-lab'));
    notes.connect(reply.ticket, reply.me);
    const worthless = keys.filter((_, i) => reply.keys[i] === null);
    forgetKeys(room, worthless);
    if (worthless.length > 0) patch({ problem: KEY_ENDED });
    own.joined(reply.run);
    feed.adopt(reply.run);
    // Whom one follows leads to a run: the room's own is known by then.
    company.joined(reply.me.id, reply.company);
    pastRuns.joined();
    time.joined(reply.time);
  }

  function listen(): void {
    trainer.onIntroduction(({ engine, workPerSecond, offers }) => {
      patch({ browserEngine: engine, browserPace: workPerSecond, browserOffers: offers });
    });
    chooseEngine(engineChoice());
    socket.on('connect', () => void enter());
    socket.on('disconnect', () => {
      patch({ touches: new Map() });
      refresh();
    });
    socket.on('people', (people) => {
      const { me } = store.getState();
      const now = people.find((person) => person.id === me?.id);
      // The list has one entry for a person; what this tab may do is its own.
      patch(
        me === null || now === undefined ? { people } : { people, me: { ...me, name: now.name, colour: now.colour } },
      );
    });
    socket.on('you', (me, ticket) => {
      if (store.getState().me !== null) patch({ me });
      void copy.lab().connect(ticket, copy.lab().epoch() ?? 0, can(me.role, 'edit-lab'));
      notes.connect(ticket, me);
    });
    socket.on('facts', (facts) => {
      patch({ facts });
    });
    socket.on('serverOffers', (serverOffers) => {
      patch({ serverOffers });
    });
    socket.on('gone', () => {
      refused(GONE);
    });
    socket.on('touched', (person, touch) => {
      const touches = new Map(store.getState().touches);
      if (touch === null) touches.delete(person);
      else touches.set(person, touch);
      patch({ touches });
      refresh();
    });
    socket.on('run', (record) => {
      own.heard(record);
      feed.record(record);
      const serverEngine = engineSeen(store.getState().serverEngine, record);
      if (serverEngine !== store.getState().serverEngine) patch({ serverEngine });
    });
    socket.on('metrics', feed.metrics);
    socket.on('frame', feed.frame as never);
    socket.on('amend', (run, lease, change) => {
      own.amend(run, lease, change);
    });
    socket.on('target', (run, lease, target) => {
      own.steer(run, lease, target);
    });
  }

  function chooseEngine(name: string | null): void {
    trainer.prefer(name);
    patch({ browserChoice: name });
  }

  const set = (values: Partial<Parameters>): void => {
    const { item } = store.getState();
    if (item !== null) setParameters(copy.lab().doc, item.id, values, copy.lab().origin);
    drag.touch(null);
  };

  const runCommands = createRunCommands({
    ...{ socket, own, feed, fail, set, state: store.getState, random: options.random },
    begun: () => {
      patch({ problem: null });
      pastRuns.actions.close();
    },
    done: () => {
      patch({ problem: null });
    },
  });

  /** Among this browser's recent rooms, once joined. */
  function remember(): void {
    const { me, title } = store.getState();
    if (me !== null) rememberRoom({ room, title, seat: entry.seat().seated, visited: now() });
  }

  const actions: SessionActions = {
    async join(name, colour, seated) {
      entry.choose({ chosen: true, name, colour, seated });
      rememberIntroduction({ name, colour });
      await enter();
      remember();
    },
    drag(parameter: ParameterKey, value) {
      const { item } = store.getState();
      if (item !== null) drag.touch({ item: item.id, parameter, value });
    },
    set,
    edit: (edit) => {
      // What everyone looks at is a gesture: nobody looks for it among what can be taken back.
      const { doc, origin } = copy.lab();
      editLab(doc, edit, edit.type === 'select' ? SELECTION : origin);
      if (edit.type === 'title') remember();
    },
    async manage(command) {
      const answer = (await ask(socket, 'manage', command)) ?? LOST;
      fail(answer);
      return answer.ok ? answer.value : null;
    },
    letGo: () => {
      drag.touch(null);
    },
    ...runCommands,
    chooseEngine(name) {
      rememberEngineChoice(name);
      chooseEngine(name);
    },
    chooseServerEngine(serverChoice) {
      patch({ serverChoice });
    },
    undo: () => {
      copy.lab().history.undo();
    },
    redo: () => {
      copy.lab().history.redo();
    },
    reconnect: () => {
      reconnector.now();
    },
    dismiss: () => {
      patch({ problem: null });
    },
    dismissLeftBehind: () => {
      rememberLeftBehind(room, null);
      patch({ leftBehind: null });
    },
    close() {
      own.end();
      shownRun.cancel();
      drag.cancel();
      time.close();
      company.close();
      reconnector.close();
      socket.disconnect();
      copy.lab().close(false);
      notes.close();
    },
  };

  function open(): void {
    const known = recentRooms().find((recent) => recent.room === room);
    const me = introduction();
    if (known !== undefined && me !== null) entry.choose({ chosen: true, ...me, seated: known.seat });
    else entry.choose({ chosen: false, name: me?.name ?? 'Guest', colour: me?.colour ?? 0, seated: false });
    patch({ leftBehind: leftBehindOf(room) });
    listen();
    socket.connect();
  }
  open();
  return { store, actions, notes, pastRuns, time, company, links: createLinks(socket, now) };
}
