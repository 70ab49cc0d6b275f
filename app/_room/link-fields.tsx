'use client';
/** What whoever makes a link says of it: title, authors, licence, the notes that come with it and whose names stand there. */
import { useId, useState, type ReactNode } from 'react';
import { LICENCES, isLicence, type Licence } from '#lib/link/link';
import { LINK_LIMITS } from '#lib/link/limits';
import type { Thread } from '#lib/room/threads';
import type { PersonId } from '#lib/base/id';
import type { FreezeRequest } from '#lib/wire/protocol';
import { targetWords } from '../_annotations/anchor-words.ts';
import { authorOf } from '../_annotations/person-name.ts';
import { ownLinks, type OwnLink } from '../_session/memory.ts';
import { useLinkActions, useLinks, useNotes, useSession } from '../_session/react.tsx';
import styles from './share-sheet.module.css';

interface Wish {
  readonly title: string;
  readonly authors: string;
  readonly licence: Licence;
  readonly notes: ReadonlySet<string>;
  readonly named: boolean;
  /** An own earlier link that it replaces; empty: none. */
  readonly replaces: string;
}

interface LinkFieldsProps {
  /** Those that may come with it. */
  readonly threads: readonly Thread[];
  readonly earlier: readonly OwnLink[];
  readonly me: PersonId | null;
  readonly wish: Wish;
  readonly change: (part: Partial<Wish>) => void;
}

interface Fields extends LinkFieldsProps {
  readonly request: () => FreezeRequest;
}

export function useLinkFields(title: string, threads: readonly Thread[]): Fields {
  const me = useSession((state) => state.me);
  const [earlier] = useState<readonly OwnLink[]>(ownLinks);
  const [wish, setWish] = useState<Wish>(() => ({
    title,
    authors: me?.name ?? '',
    licence: 'CC-BY-4.0',
    notes: new Set(threads.filter(({ resolved }) => !resolved).map(({ id }) => id)),
    named: true,
    replaces: '',
  }));
  return {
    threads,
    earlier,
    me: me?.id ?? null,
    wish,
    change: (part) => {
      setWish((held) => ({ ...held, ...part }));
    },
    request: () => requestOf(wish, earlier),
  };
}

function requestOf(
  { title, authors, licence, notes, named, replaces }: Wish,
  earlier: readonly OwnLink[],
): FreezeRequest {
  const replaced = earlier.find(({ link }) => link === replaces);
  return {
    title,
    authors: authors
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    licence,
    notes: [...notes],
    named,
    supersedes: replaced === undefined ? null : { link: replaced.link, key: replaced.key },
  };
}

export function LinkFields({ threads, earlier, me, wish, change }: LinkFieldsProps): ReactNode {
  return (
    <>
      <label>
        Title
        <input
          type="text"
          value={wish.title}
          maxLength={LINK_LIMITS.title}
          required
          data-testid="link-title"
          onChange={(event) => {
            change({ title: event.currentTarget.value });
          }}
        />
      </label>
      <label>
        Authors, as they are cited, with commas
        <input
          type="text"
          value={wish.authors}
          onChange={(event) => {
            change({ authors: event.currentTarget.value });
          }}
        />
      </label>
      <label>
        Licence
        <select
          value={wish.licence}
          onChange={({ currentTarget: { value } }) => {
            if (isLicence(value)) change({ licence: value });
          }}
        >
          {Object.entries(LICENCES).map(([licence, words]) => (
            <option key={licence} value={licence}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {threads.length === 0 ? null : <Notes threads={threads} wish={wish} me={me} onChange={change} />}
      {earlier.length === 0 ? null : (
        <label>
          Takes the place of
          <select
            value={wish.replaces}
            onChange={(event) => {
              change({ replaces: event.currentTarget.value });
            }}
          >
            <option value="">no earlier link</option>
            {earlier.map(({ link, title: name }) => (
              <option key={link} value={link}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

interface NotesProps {
  readonly threads: readonly Thread[];
  readonly wish: Wish;
  readonly me: PersonId | null;
  readonly onChange: (part: Partial<Wish>) => void;
}

function Notes({ threads, wish, me, onChange }: NotesProps): ReactNode {
  const people = useSession((state) => state.people);
  const authors = useNotes((state) => state.authors);
  const legend = useId();
  const toggle = (id: string): void => {
    const notes = new Set(wish.notes);
    if (!notes.delete(id)) notes.add(id);
    onChange({ notes });
  };
  return (
    <div role="group" aria-labelledby={legend} className={styles['linkNotes']}>
      <p id={legend}>Notes that come with it</p>
      <ul>
        {threads.map((thread) => (
          <li key={thread.id}>
            <label>
              <input
                type="checkbox"
                checked={wish.notes.has(thread.id)}
                data-testid="link-note"
                onChange={() => {
                  toggle(thread.id);
                }}
              />
              <span className={styles['what']}>
                <strong>{authorOf(thread.author, people, authors).name}</strong>{' '}
                {thread.anchor === null ? '' : `${targetWords(thread.anchor.target, thread.anchor)}: `}
                {thread.text.slice(0, NOTE_WORDS)}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <Names threads={threads.filter(({ id }) => wish.notes.has(id))} wish={wish} me={me} onChange={onChange} />
    </div>
  );
}

/** characters of a note that tell it from the others */
const NOTE_WORDS = 80;

/** Nobody's name stands in a link without their word. */
function Names({ threads, wish, me, onChange }: NotesProps): ReactNode {
  const lent = useLinks((state) => state.lent);
  const people = useSession((state) => state.people);
  const known = useNotes((state) => state.authors);
  const { askNames } = useLinkActions();
  const [asked, setAsked] = useState(false);
  const authors = new Set(threads.flatMap(({ author, replies }) => [author, ...replies.map((reply) => reply.author)]));
  const others = [...authors].filter((author) => author !== me);
  const silent = others.filter((author) => !lent.includes(author));
  const here = silent.filter((author) => people.some(({ id }) => id === author));
  const nameOf = (author: PersonId): string => authorOf(author, people, known).name;
  return (
    <>
      {me !== null && authors.has(me) ? (
        <label className={styles['line']}>
          <input
            type="checkbox"
            checked={wish.named}
            onChange={(event) => {
              onChange({ named: event.currentTarget.checked });
            }}
          />
          My name stands with my notes
        </label>
      ) : null}
      {silent.length === 0 ? null : (
        <p className={styles['explained']} data-testid="names-left-out">
          {silent.map(nameOf).join(', ')}: without the name, until they agree.{' '}
          {here.length === 0 ? (
            'They are not here now.'
          ) : (
            <button
              type="button"
              disabled={asked}
              data-testid="ask-names"
              onClick={() => {
                setAsked(true);
                void askNames(here);
              }}
            >
              {asked ? 'Asked' : 'Ask them'}
            </button>
          )}
        </p>
      )}
    </>
  );
}
