/**
 * One client of one room: a store of `SessionState` and the actions on it. No React here; `react.tsx` is the thin skin.
 *
 * Three sources meet: the document `lab` (parameters), Socket.IO (people, the run), and, where this tab trains, the trainer
 * itself, whose events are drawn directly and whose echo is never asked for.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RoomId } from '#lib/base/id';
import { refuse, type Refusal, type Result } from '#lib/base/result';
import type { RemoteTrainer } from '#lib/engine/remote';
import type { ControlAction } from '#lib/room/decide';
import { editLab } from '#lib/room/agenda';
import { readLab, setParameters, type LabView } from '#lib/room/lab';
import { can } from '#lib/room/roles';
import { isActive, isStale, type RunPlace, type Source } from '#lib/runs/record';
import type { ParameterKey, Parameters } from '#lib/spec/parameters';
import { CLOSE, PROTOCOL_VERSION, type JoinReply, type Touch } from '#lib/wire/protocol';
import { createCompany, type Company } from './company.ts';
import { ask, LOST, openSocket } from './connection.ts';
import { createLabDocument, type LabDocument } from './document.ts';
import { initialState, labState } from './lab-state.ts';
import {
  engineChoice,
  forgetKeys,
  forgetRoom,
  introduction,
  isHidden,
  keysOf,
  leftBehindOf,
  recentRooms,
  rememberEngineChoice,
  rememberHidden,
  rememberIntroduction,
  rememberLeftBehind,
  rememberRoom,
  rememberSeenNotes,
  rememberUnsent,
  seenNotesOf,
  unsentOf,
} from './memory.ts';
import { changeRun } from './live-change.ts';
import { takeLocalCopy } from './local-copy.ts';
import { createLinks, type Links } from './links.ts';
import { createNotes, type Notes } from './notes.ts';
import { createPaced } from './paced.ts';
import { createOwnTraining, type OwnTrainingDependencies } from './own-training.ts';
import { createPastRuns, type PastRuns } from './past-runs.ts';
import { createReconnector } from './reconnect.ts';
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

/** Drags are sent at 15 a second at most: others see them glide. */
const TOUCH_INTERVAL_MS = 66;

/** The room is drawn anew for a run's frames 30 times a second at most: between two of them the figures glide. */
const RUN_INTERVAL_MS = 33;

/** ms */
const RETRY_MS = 2_000;

const EDITS_REFUSED: Refusal = {
  code: 'forbidden',
  message:
    'Your role has changed: your last edits came too late and are not in the room. What is shown is what all see.',
};

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

const GONE = refuse('not-found', 'The owner has deleted this room.');

const EDITS_STOPPED: Refusal = {
  code: 'unavailable',
  message: 'The server no longer takes edits from this page. Reload it to go on; what was saved is safe.',
};

/** The written value travels on another socket: a hand is let go a little later, or the control would flicker back. */
const RELEASE_DELAY_MS = 150;

export function createSession(options: SessionOptions): Session {
  const { room, origin, trainer, now } = options;
  const socket = openSocket(origin);
  const store = createStore<SessionState>(() => initialState(trainer.engine, options.glance));
  const patch = (change: Partial<SessionState>): void => {
    store.setState(change);
  };

  const openLab = (): LabDocument =>
    createLabDocument(
      { origin, room },
      {
        changed: () => {
          refresh();
        },
        unsaved: (count) => {
          rememberUnsent(room, count > 0 ? lab.epoch() : null);
          tellUnsaved({ lab: count });
        },
        history: (history) => {
          patch({ history });
        },
        closed: labClosed,
      },
      options.random,
    );
  let lab = openLab();
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

  let drag: Touch | null = null;
  let unsaved = { lab: 0, notes: 0 };
  let seat = { chosen: false, name: '', colour: 0, seated: false };

  function refresh(): void {
    const view = readLab(lab.doc);
    const hands = [...store.getState().touches.values(), ...(drag === null ? [] : [drag])];
    const state = view === undefined ? null : labState(view, hands);
    if (state !== null) patch(state);
  }

  function labClosed(code: number): void {
    // A ticket lasts some minutes, and as long as one's role; joining again gives another.
    if (code === CLOSE.ticket || code === CLOSE.epoch) void enter();
    else if (code === CLOSE.forbidden) startAfresh();
    else patch({ problem: EDITS_STOPPED });
  }

  function notesClosed(code: number): void {
    if (code === CLOSE.forbidden) {
      if (unsaved.notes > 0) offerAsFile(notes.own());
      notes.replace();
      tellUnsaved({ notes: 0 });
      patch({ problem: NOTES_REFUSED });
      void enter();
    } else labClosed(code);
  }

  function tellUnsaved(change: Partial<typeof unsaved>): void {
    unsaved = { ...unsaved, ...change };
    patch({ unsaved: unsaved.lab + unsaved.notes });
  }

  /** What was written here is not in the room and never will be: this copy goes, and the room's comes. What it had beyond that is offered as a file. */
  function startAfresh(): void {
    keepUnsaved();
    replaceLab();
    patch({ problem: EDITS_REFUSED });
    void enter();
  }

  function replaceLab(): void {
    lab.close(true);
    lab = openLab();
    rememberUnsent(room, null);
    tellUnsaved({ lab: 0 });
    patch({ history: { undo: false, redo: false } });
  }

  /** Opens the document's present beginning. A copy of another cannot be merged: what was not sent is kept, to be taken along by hand. */
  async function openDocument({ ticket, epoch, me }: JoinReply): Promise<void> {
    if (lab.epoch() !== null && lab.epoch() !== epoch) {
      keepUnsaved();
      replaceLab();
    }
    const unsent = unsentOf(room);
    // Written before this page was loaded.
    if (unsent !== null && unsent !== epoch) keepLeftBehind(await takeLocalCopy(room, unsent));
    await lab.connect(ticket, epoch, can(me.role, 'edit-lab'));
  }

  function keepUnsaved(): void {
    if (unsaved.lab > 0) keepLeftBehind(readLab(lab.doc));
  }

  function keepLeftBehind(view: LabView | undefined): void {
    rememberUnsent(room, null);
    if (view !== undefined) offerAsFile(view);
  }

  function offerAsFile(leftBehind: object): void {
    rememberLeftBehind(room, leftBehind);
    patch({ leftBehind });
  }

  const fail = (answer: Result<unknown>): void => {
    if (!answer.ok) patch({ problem: answer.error });
  };

  async function enter(): Promise<void> {
    const asked = now();
    const holds = own.holds();
    const keys = keysOf(room);
    const request = {
      protocol: PROTOCOL_VERSION,
      room,
      name: seat.name,
      colour: seat.colour,
      seat: seat.seated,
      keys,
      ...(holds === undefined ? {} : { holds }),
    };
    const answer = await ask(socket, 'join', request);
    if (answer === null) enterLater();
    else if (answer.ok) entered(answer.value, asked, keys);
    else refused(answer);
  }

  function entered(reply: JoinReply, asked: number, keys: readonly string[]): void {
    const clockOffset = reply.now - (asked + now()) / 2;
    patch({
      connection: { phase: 'live' },
      me: seat.chosen ? reply.me : null,
      people: reply.people,
      facts: reply.facts,
      spared: reply.spared,
      ownerKey: keys.find((_, i) => reply.keys[i] === 'owner') ?? null,
      serverEngine: reply.server,
      serverPace: reply.serverPace,
      serverOffers: reply.serverOffers,
      clockOffset,
    });
    void openDocument(reply);
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

  /** The server was busy or did not answer: while the connection stands, nothing else would ask again. */
  function enterLater(): void {
    setTimeout(() => {
      if (socket.connected) void enter();
    }, RETRY_MS);
  }

  /** Seats may be taken, which leaves one watching; a server may be busy; a room that is not there is the end. */
  function refused(answer: Extract<Result<never>, { ok: false }>): void {
    const { code } = answer.error;
    if (code === 'limit' && seat.seated) {
      seat = { ...seat, chosen: false, seated: false };
      fail(answer);
    }
    if (code === 'limit' || code === 'unavailable') {
      if (store.getState().connection.phase !== 'live') enterLater();
      return;
    }
    if (code === 'not-found') forgetRoom(room);
    patch({ connection: { phase: 'refused', refusal: answer.error } });
    socket.disconnect();
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
      void lab.connect(ticket, lab.epoch() ?? 0, can(me.role, 'edit-lab'));
      notes.connect(ticket, me);
    });
    socket.on('facts', (facts) => {
      patch({ facts });
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

  /** True when there is a new run. */
  async function start(place: RunPlace, paused: boolean, source: Source | null = null): Promise<boolean> {
    const { item, spec, serverChoice } = store.getState();
    if (item === null) return false;
    const begun = { experiment: item.experiment, spec, place, paused };
    const engine = place === 'server' && serverChoice !== null ? { engine: serverChoice } : {};
    const request = { ...begun, ...engine, ...(source === null ? {} : { source }) };
    const answer = (await ask(socket, 'start', request)) ?? LOST;
    if (!answer.ok) {
      fail(answer);
      return false;
    }
    patch({ problem: null });
    pastRuns.actions.close();
    if (place === 'browser') fail(await own.begin(answer.value));
    else {
      own.end();
      feed.record(answer.value.record);
    }
    return true;
  }

  async function goOn(place: RunPlace): Promise<void> {
    const { run } = store.getState();
    if (run === null) return;
    const answer = (await ask(socket, 'continue', { run: run.record.id, place })) ?? LOST;
    if (!answer.ok) {
      fail(answer);
      return;
    }
    patch({ problem: null });
    if (place === 'browser') fail(await own.goOn(answer.value));
    else feed.record(answer.value.record);
  }

  async function control(action: ControlAction): Promise<void> {
    const { run } = store.getState();
    if (run === null) return;
    const answer = (await ask(socket, 'control', { run: run.record.id, action })) ?? LOST;
    if (answer.ok) patch({ problem: null });
    else fail(answer);
  }

  /** Paused, of these parameters, and begun or meant for this place. */
  const resumable = (place: RunPlace): boolean => {
    const { run, specHash: hash } = store.getState();
    if (run?.record.status.phase !== 'paused' || isStale(run.record, hash)) return false;
    return run.record.status.step > 0 || run.record.place === place;
  };

  const hand = createPaced<Touch | null>(null, sayTouch, TOUCH_INTERVAL_MS);

  function touch(next: Touch | null): void {
    drag = next;
    refresh();
    if (next !== null) hand.writeSoon(next);
    else setTimeout(letGo, RELEASE_DELAY_MS);
  }

  /** A drag may be lost on the way, its end may not. */
  function sayTouch(next: Touch | null): void {
    if (next === null) socket.emit('touch', null);
    else socket.volatile.emit('touch', next);
  }

  /** Says that the hand is off, unless it is on again. */
  function letGo(): void {
    if (drag === null && socket.connected) hand.write(null);
  }

  const set = (values: Partial<Parameters>): void => {
    const { item } = store.getState();
    if (item !== null) setParameters(lab.doc, item.id, values, lab.origin);
    touch(null);
  };

  /** Among this browser's recent rooms, once joined. */
  function remember(): void {
    const { me, title } = store.getState();
    if (me !== null) rememberRoom({ room, title, seat: seat.seated, visited: now() });
  }

  const actions: SessionActions = {
    async join(name, colour, seated) {
      seat = { chosen: true, name, colour, seated };
      rememberIntroduction({ name, colour });
      await enter();
      remember();
    },
    drag(parameter: ParameterKey, value) {
      const { item } = store.getState();
      if (item !== null) touch({ item: item.id, parameter, value });
    },
    set,
    edit: (edit) => {
      // What everyone looks at is a gesture: nobody looks for it among what can be taken back.
      editLab(lab.doc, edit, edit.type === 'select' ? SELECTION : lab.origin);
      if (edit.type === 'title') remember();
    },
    async manage(command) {
      const answer = (await ask(socket, 'manage', command)) ?? LOST;
      fail(answer);
      return answer.ok ? answer.value : null;
    },
    letGo: () => {
      touch(null);
    },
    async run(place, source) {
      await (resumable(place) ? control('resume') : start(place, false, source));
    },
    chooseEngine(name) {
      rememberEngineChoice(name);
      chooseEngine(name);
    },
    chooseServerEngine(serverChoice) {
      patch({ serverChoice });
    },
    change: () => changeRun({ socket, state: store.getState, fail }),
    goOn,
    pause: () => control('pause'),
    async step(place) {
      const { run, specHash: hash } = store.getState();
      const waits = run !== null && isActive(run.record.status) && !isStale(run.record, hash);
      if (waits || (await start(place, true))) await control('step');
    },
    async reset(place) {
      await start(place, true);
    },
    async newSeed(place) {
      set({ seed: Math.floor(options.random() * 2 ** 32) });
      await start(place, false);
    },
    undo: () => {
      lab.history.undo();
    },
    redo: () => {
      lab.history.redo();
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
      hand.cancel();
      time.close();
      company.close();
      reconnector.close();
      socket.disconnect();
      lab.close(false);
      notes.close();
    },
  };

  function open(): void {
    const known = recentRooms().find((recent) => recent.room === room);
    const me = introduction();
    if (known !== undefined && me !== null) seat = { chosen: true, ...me, seated: known.seat };
    else seat = { chosen: false, name: me?.name ?? 'Guest', colour: me?.colour ?? 0, seated: false };
    patch({ leftBehind: leftBehindOf(room) });
    listen();
    socket.connect();
  }
  open();
  return { store, actions, notes, pastRuns, time, company, links: createLinks(socket, now) };
}
