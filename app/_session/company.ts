/**
 * What this client knows of the others at this moment, and does with them: a store beside the session's own, as it changes with every
 * move of anybody's hand. Whom one follows is decided here; where that leads is the interface's to do.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PersonId, RunId } from '#lib/base/id';
import type { Refusal, Result } from '#lib/base/result';
import {
  lookOf,
  type CompanyCommand,
  type Guide,
  type Look,
  type LookFigure,
  type RaisedHand,
  type Seen,
} from '#lib/room/company';
import { encodePoint, unpackCursors, type Cursor, type PersonCursor } from '#lib/room/cursor';
import type { Tried, TriedDetail } from '#lib/room/tried';
import type { CompanySnapshot, ShowRequest } from '#lib/wire/protocol';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { createPaced } from './paced.ts';

export interface LiveCursor extends PersonCursor {
  /** It fades. */
  readonly resting: boolean;
}

export interface CompanyState {
  /** Whom this client is to the others, also while it only looks; null: not connected yet. */
  readonly self: PersonId | null;
  readonly guide: Guide;
  /** In the order raised. */
  readonly hands: ReadonlyMap<PersonId, RaisedHand>;
  /** One's own is among them. */
  readonly seen: ReadonlyMap<PersonId, Seen>;
  readonly follows: PersonId | null;
  /** What others, and oneself, have put before the room, the newest first. */
  readonly tries: readonly Tried[];
  /** Others see neither one's cursor nor where one looks. */
  readonly hidden: boolean;
  /** Those that move, or rested a moment ago. One's own is not among them. */
  readonly cursors: ReadonlyMap<PersonId, LiveCursor>;
}

export interface CompanyActions {
  readonly look: (look: Look | null, figures: readonly LookFigure[]) => void;
  /** One's own cursor; null: it has left the figures. */
  readonly point: (cursor: Cursor | null) => void;
  /** null: nobody. */
  readonly follow: (person: PersonId | null) => void;
  readonly hide: (hidden: boolean) => void;
  readonly command: (command: CompanyCommand) => void;
  /** True once it is before the room. */
  readonly show: (request: ShowRequest) => Promise<boolean>;
  readonly putAway: (person: PersonId) => void;
  /** null: it is no longer shown, which the session's `problem` tells. */
  readonly open: (tried: Tried) => Promise<TriedDetail | null>;
}

export interface Company {
  readonly store: StoreApi<CompanyState>;
  readonly actions: CompanyActions;
}

/** What the session does with it. */
export interface CompanyConnection extends Company {
  /** Joined, again perhaps: what the server knows, and what it forgot when it was restarted. */
  readonly joined: (me: PersonId, snapshot: CompanySnapshot) => void;
  readonly close: () => void;
}

export interface CompanyDependencies {
  readonly socket: RoomSocket;
  readonly hidden: boolean;
  readonly rememberHidden: (hidden: boolean) => void;
  readonly refused: (refusal: Refusal) => void;
}

/** ms: as often as hands on controls are told */
const TELL_MS = 66;

/** ms for which a cursor rests before it fades, and after which it is drawn no more */
const REST_MS = 2_400;
const FADE_MS = 600;

export const ALONE: CompanyState = {
  self: null,
  guide: { leader: null, knobs: null },
  hands: new Map(),
  seen: new Map(),
  follows: null,
  tries: [],
  hidden: false,
  cursors: new Map(),
};

export function createCompany({ socket, hidden, rememberHidden, refused }: CompanyDependencies): CompanyConnection {
  const store = createStore<CompanyState>(() => ({ ...ALONE, hidden }));
  const { getState: now, setState: patch } = store;
  let me: PersonId | null = null;
  let sight: { readonly look: Look | null; readonly figures: readonly LookFigure[] } = { look: null, figures: [] };
  const rests = new Map<PersonId, ReturnType<typeof setTimeout>>();

  const sightTold = createPaced<null>(
    null,
    () => {
      const { follows, hidden } = now();
      void ask(socket, 'look', { ...sight, follows, hidden });
    },
    TELL_MS,
  );
  const pointTold = createPaced<Cursor | null>(
    null,
    (cursor) => {
      if (cursor !== null) socket.volatile.emit('point', encodePoint(cursor));
    },
    TELL_MS,
  );

  function guided(guide: Guide): void {
    const before = now().guide.leader;
    patch({ guide });
    if (guide.leader === before) return;
    // Everyone follows who leads now; who had gone their own way comes along as well.
    if (guide.leader !== null) followNow(guide.leader === me ? null : guide.leader);
    else if (now().follows === before) followNow(null);
  }

  function followNow(follows: PersonId | null): void {
    if (follows === now().follows) return;
    patch({ follows });
    sightTold.write(null);
  }

  function sawLooks(changes: CompanySnapshot['looks']): void {
    const seen = new Map(now().seen);
    for (const [id, each] of changes) {
      if (each === null) seen.delete(id);
      else seen.set(id, each);
      if (each === null) drop(id);
    }
    patch({ seen });
    const { follows, guide } = now();
    // A leader may be back from a reload in a moment.
    if (follows !== null && follows !== guide.leader && !seen.has(follows)) followNow(null);
  }

  function sawHands(changes: readonly (readonly [PersonId, RaisedHand | null])[]): void {
    const hands = new Map(now().hands);
    for (const [id, hand] of changes) {
      if (hand === null) hands.delete(id);
      else hands.set(id, hand);
    }
    patch({ hands: new Map([...hands].sort(([, a], [, b]) => a.at - b.at)) });
  }

  function sawCursors(bytes: Uint8Array): void {
    const cursors = new Map(now().cursors);
    for (const cursor of unpackCursors(bytes)) {
      const { person } = cursor;
      if (person === me) continue;
      clearTimeout(rests.get(person));
      if (cursor.at === null) cursors.delete(person);
      else {
        cursors.set(person, { ...cursor, resting: false });
        rests.set(
          person,
          setTimeout(() => {
            fade(person);
          }, REST_MS),
        );
      }
    }
    patch({ cursors });
  }

  function fade(person: PersonId): void {
    const cursor = now().cursors.get(person);
    if (cursor === undefined) return;
    patch({ cursors: new Map(now().cursors).set(person, { ...cursor, resting: true }) });
    rests.set(
      person,
      setTimeout(() => {
        drop(person);
      }, FADE_MS),
    );
  }

  function drop(person: PersonId): void {
    clearTimeout(rests.get(person));
    rests.delete(person);
    if (!now().cursors.has(person)) return;
    const cursors = new Map(now().cursors);
    cursors.delete(person);
    patch({ cursors });
  }

  /** The answer's value; null where it was refused. */
  function heard<T>(answer: Result<T> | null): T | null {
    const told = answer ?? LOST;
    if (!told.ok) refused(told.error);
    return told.ok ? told.value : null;
  }

  async function send(command: CompanyCommand): Promise<void> {
    heard(await ask(socket, 'company', command));
  }

  /** What one had when the connection was lost, and the server no longer knows of: it was restarted meanwhile. */
  function askAgain(id: PersonId, before: CompanyState, { guide, hands }: CompanySnapshot): void {
    if (before.guide.leader === id && guide.leader === null) void send({ type: 'lead' });
    if (before.guide.knobs === id && guide.knobs === null) void send({ type: 'take-knobs' });
    const hand = before.hands.get(id);
    if (hand !== undefined && !hands.some(([who]) => who === id)) void send({ type: 'raise', question: hand.question });
  }

  socket.on('looks', sawLooks);
  socket.on('guide', guided);
  socket.on('hands', sawHands);
  socket.on('tries', (tries) => {
    patch({ tries });
  });
  // In a browser Socket.IO hands over an ArrayBuffer, whatever was sent.
  socket.on('cursors', (bytes) => {
    sawCursors(new Uint8Array(bytes));
  });

  return {
    store,
    actions: {
      look(look, figures) {
        const others = figures.join() !== sight.figures.join() || look?.trying !== sight.look?.trying;
        sight = { look, figures };
        // Where one follows the other's look counts: what it does to one's own is no news.
        if (socket.connected && (others || now().follows === null)) sightTold.writeSoon(null);
      },
      point(cursor) {
        const last = pointTold.read();
        if (now().hidden || !socket.connected || (cursor === null && !isOn(last))) return;
        pointTold.writeSoon(cursor ?? (last === null ? null : { ...last, at: null }));
      },
      follow: followNow,
      hide(next) {
        const last = pointTold.read();
        if (next && isOn(last)) pointTold.write({ ...last, at: null });
        patch({ hidden: next });
        rememberHidden(next);
        sightTold.write(null);
      },
      command: (command) => void send(command),
      async show(request) {
        const answer = await ask(socket, 'show', request);
        heard(answer);
        return answer?.ok === true;
      },
      putAway: (person) => void ask(socket, 'putAway', { person }).then(heard),
      open: async ({ by, run }) => heard(await ask(socket, 'tried', { person: by.id, run })),
    },
    joined(id, snapshot) {
      const before = now();
      const again = me === id;
      me = id;
      patch({ self: id, hands: new Map(snapshot.hands), seen: new Map(), tries: snapshot.tries });
      sawLooks(snapshot.looks);
      if (again && before.guide.leader === snapshot.guide.leader) patch({ guide: snapshot.guide });
      else guided(snapshot.guide);
      sightTold.write(null);
      if (again) askAgain(id, before, snapshot);
    },
    close() {
      sightTold.cancel();
      pointTold.cancel();
      for (const timer of rests.values()) clearTimeout(timer);
    },
  };
}

const isOn = (cursor: Cursor | null): cursor is Cursor => cursor !== null && cursor.at !== null;

/** Those on a figure; where it is told which run is shown, of those alone who look at that one. */
export const cursorsOn = (
  { cursors, seen }: Pick<CompanyState, 'cursors' | 'seen'>,
  figure: LookFigure,
  run?: RunId | null,
): readonly LiveCursor[] =>
  [...cursors.values()].filter(
    (each) => each.figure === figure && (run === undefined || lookOf(seen, each.person)?.run === run),
  );

/** Where the person whom one follows looks; null: one follows nobody, or nobody knows. */
export const ledTo = ({ seen, follows }: CompanyState): Look | null =>
  follows === null ? null : lookOf(seen, follows);
