/** The room's notes as this client has them: a store of threads over the document `notes`, and the edits that one may make. */
import type * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { idFromBytes, type PersonId } from '#lib/base/id';
import { refuse, type Refusal } from '#lib/base/result';
import type { Anchor } from '#lib/room/anchor';
import { readAuthors, type Author } from '#lib/room/author';
import { caretAfter, writeNotepad, type Splice } from '#lib/room/notepad';
import { NOTES_LIMITS } from '#lib/room/limits';
import { notepadOf, type NotesWriter } from '#lib/room/notes';
import { can, type Role } from '#lib/room/roles';
import { editNotes, readThreads, type NoteEdit, type Thread } from '#lib/room/threads';
import { createSharedDocument, type DocumentAddress, type SharedDocument } from './document.ts';

export interface NotesState {
  /** Oldest first. */
  readonly threads: readonly Thread[];
  /** Whoever has written here, under the name that the server entered. */
  readonly authors: ReadonlyMap<PersonId, Author>;
  readonly minutes: string;
  /** ms: what is newer has not been seen by this browser. */
  readonly seenAt: number;
}

export interface NotesActions {
  /** The new note's id; null where it was refused, which the session's `problem` tells. */
  readonly add: (text: string, anchor: Anchor | null) => string | null;
  readonly reply: (note: string, text: string) => boolean;
  /** Of a note or a reply. */
  readonly rewrite: (id: string, text: string) => boolean;
  readonly resolve: (note: string, resolved: boolean) => void;
  readonly move: (note: string, anchor: Anchor | null) => void;
  readonly remove: (id: string) => void;
  /** False where the notepad is full. */
  readonly write: (splice: Splice) => boolean;
  /** Calls back with every change of the notepad by another. Returns the function that ends it. */
  readonly watchMinutes: (changed: (caretFor: (caret: number) => number) => void) => () => void;
  /** Everything that is here now has been seen. */
  readonly seen: () => void;
}

export interface Notes {
  readonly store: StoreApi<NotesState>;
  readonly actions: NotesActions;
}

/** What the session does with it. */
export interface NotesConnection extends Notes {
  readonly connect: (ticket: string, me: { readonly id: PersonId; readonly role: Role }) => void;
  /** What this person has written, and the minutes as they stand here: to be kept where the room takes them no more. */
  readonly own: () => object;
  /** Throws away what is here: the room's copy comes with the next ticket. */
  readonly replace: () => void;
  readonly close: () => void;
}

export interface NotesDependencies {
  readonly address: DocumentAddress;
  readonly random: () => number;
  /** ms since 1970 on the server's clock */
  readonly now: () => number;
  readonly seenAt: number;
  readonly rememberSeen: (at: number) => void;
  readonly unsaved: (count: number) => void;
  readonly closed: (code: number) => void;
  readonly refused: (refusal: Refusal) => void;
}

export const NO_NOTES: NotesState = { threads: [], authors: new Map(), minutes: '', seenAt: 0 };

/** `notes` never begins anew (P85). */
const EPOCH = 1;

const READ_ONLY: Refusal = refuse('forbidden', 'You are watching: notes are written by those who join.').error;

export function createNotes(dependencies: NotesDependencies): NotesConnection {
  const { address, random, now, unsaved, closed, refused } = dependencies;
  const store = createStore<NotesState>(() => ({ ...NO_NOTES, seenAt: dependencies.seenAt }));
  let me: PersonId | null = null;
  let writer: NotesWriter | null = null;

  const watchers = new Set<Parameters<NotesActions['watchMinutes']>[0]>();
  const open = (): SharedDocument => {
    const opened = createSharedDocument(address, 'notes', { changed: refresh, unsaved, closed }, random);
    notepadOf(opened.doc).observe((event) => {
      if (event.transaction.origin === opened.origin) return;
      const splices = splicesOf(event);
      for (const changed of watchers) changed((caret) => splices.reduce(caretAfter, caret));
    });
    return opened;
  };
  let shared = open();

  function refresh(): void {
    const { doc } = shared;
    store.setState({ threads: readThreads(doc), authors: readAuthors(doc), minutes: notepadOf(doc).toJSON() });
  }

  function edit(change: NoteEdit): boolean {
    const refusal = writer === null ? READ_ONLY : editNotes(shared.doc, change, writer, shared.origin);
    if (refusal !== null) refused(refusal);
    return refusal === null;
  }

  const newId = (): string => idFromBytes(crypto.getRandomValues(new Uint8Array(16)));

  return {
    store,
    actions: {
      add(text, anchor) {
        const id = newId();
        return edit({ type: 'add', id, at: now(), text, anchor }) ? id : null;
      },
      reply: (note, text) => edit({ type: 'reply', id: newId(), at: now(), text, note }),
      rewrite: (id, text) => edit({ type: 'rewrite', id, at: now(), text }),
      resolve: (id, resolved) => void edit({ type: 'resolve', id, resolved }),
      move: (id, anchor) => void edit({ type: 'move', id, anchor }),
      remove: (id) => void edit({ type: 'remove', id }),
      write(splice) {
        if (writer === null) return false;
        const written = writeNotepad(shared.doc, splice, shared.origin);
        if (!written) refused(FULL_NOTEPAD);
        return written;
      },
      watchMinutes(changed) {
        watchers.add(changed);
        return () => {
          watchers.delete(changed);
        };
      },
      seen() {
        const seenAt = newest(store.getState().threads);
        if (seenAt <= store.getState().seenAt) return;
        store.setState({ seenAt });
        dependencies.rememberSeen(seenAt);
      },
    },
    connect(ticket, { id, role }) {
      me = id;
      const mayWrite = can(role, 'edit-notes');
      writer = mayWrite ? { person: id, moderates: can(role, 'moderate-notes') } : null;
      void shared.connect(ticket, EPOCH, mayWrite);
    },
    own() {
      const { threads, minutes } = store.getState();
      const entries = threads.flatMap(({ replies, ...note }) => [note, ...replies]);
      return { notes: entries.filter(({ author }) => author === me).map(({ at, text }) => ({ at, text })), minutes };
    },
    replace() {
      shared.close(true);
      shared = open();
      refresh();
    },
    close() {
      shared.close(false);
    },
  };
}

const FULL_NOTEPAD: Refusal = refuse(
  'limit',
  `The notepad is full: it has at most ${NOTES_LIMITS.notepad} characters. Move the oldest minutes elsewhere.`,
).error;

const newest = (threads: readonly Thread[]): number =>
  Math.max(0, ...threads.flatMap(({ at, replies }) => [at, ...replies.map((reply) => reply.at)]));

/** What a change of a text did, from its beginning to its end. */
function splicesOf(event: Y.YTextEvent): readonly Splice[] {
  let at = 0;
  return event.delta.flatMap(({ retain = 0, delete: removed = 0, insert }) => {
    at += retain;
    const inserted = typeof insert === 'string' ? insert : '';
    const splice = { at, removed, inserted };
    at += inserted.length;
    return removed > 0 || inserted !== '' ? [splice] : [];
  });
}
