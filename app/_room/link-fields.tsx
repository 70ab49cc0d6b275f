'use client';
/** What whoever makes a link says of it: title, authors, licence, the notes that come with it and whose names stand there. */
import { useId, useState, type ReactNode } from 'react';
import { LICENCES, isLicence, type Licence } from '#lib/link/link';
import { LINK_LIMITS } from '#lib/link/limits';
import type { Thread } from '#lib/room/threads';
import type { PersonId } from '#lib/base/id';
import type { KeptRun } from '#lib/runs/kept';
import type { FreezeRequest } from '#lib/wire/protocol';
import { targetWords } from '../_annotations/anchor-words.ts';
import { authorOf } from '../_annotations/person-name.ts';
import { ownLinks, type OwnLink } from '../_session/memory.ts';
import { useLinkActions, useLinks, useNotes, useSession } from '../_session/react.tsx';
import styles from './share-sheet.module.css';

interface Wish {
  /** null: as the room's is. */
  readonly title: string | null;
  readonly authors: string;
  readonly licence: Licence;
  /** Ids of notes that were chosen, or not, by hand: others come in while this is filled in. */
  readonly notes: ReadonlyMap<string, boolean>;
  readonly named: boolean;
  /** An own earlier link that it replaces; empty: none. */
  readonly replaces: string;
}

interface LinkFieldsProps {
  /** The room's. */
  readonly title: string;
  /** Those that may come with it. */
  readonly threads: readonly Thread[];
  readonly earlier: readonly OwnLink[];
  readonly me: PersonId | null;
  readonly wish: Wish;
  readonly change: (part: Partial<Wish>) => void;
}

/** Whose name stands beside a run; an empty one is nobody's. */
type Runner = KeptRun['startedBy'];

interface LinkFieldsOptions {
  /** Names stand beside runs in it too, and these began them; undefined: beside notes alone. */
  readonly runners?: readonly Runner[];
}

interface Fields extends LinkFieldsProps {
  readonly request: () => FreezeRequest;
}

export function useLinkFields(title: string, threads: readonly Thread[]): Fields {
  const me = useSession((state) => state.me);
  const [earlier] = useState<readonly OwnLink[]>(ownLinks);
  const [wish, setWish] = useState<Wish>(() => ({
    title: null,
    authors: me?.name ?? '',
    licence: 'CC-BY-4.0',
    notes: new Map(),
    named: true,
    replaces: '',
  }));
  return {
    title,
    threads,
    earlier,
    me: me?.id ?? null,
    wish,
    change: (part) => {
      setWish((held) => ({ ...held, ...part }));
    },
    request: () => requestOf(wish, title, threads, earlier),
  };
}

/** What nobody has decided about comes with it, unless it is settled. */
const isChosen = ({ notes }: Wish, { id, resolved }: Thread): boolean => notes.get(id) ?? !resolved;

function requestOf(wish: Wish, title: string, threads: readonly Thread[], earlier: readonly OwnLink[]): FreezeRequest {
  const { authors, licence, named, replaces } = wish;
  const replaced = earlier.find(({ link }) => link === replaces);
  return {
    title: wish.title ?? title,
    authors: authors
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    licence,
    notes: threads.filter((thread) => isChosen(wish, thread)).map(({ id }) => id),
    named,
    supersedes: replaced === undefined ? null : { link: replaced.link, key: replaced.key },
  };
}

export function LinkFields(props: LinkFieldsProps & LinkFieldsOptions): ReactNode {
  const { title, threads, earlier, me, wish, change, runners } = props;
  const chosen = threads.filter((thread) => isChosen(wish, thread));
  const named = runners !== undefined || (me !== null && authorsOf(chosen).has(me));
  return (
    <>
      <label>
        Title
        <input
          type="text"
          value={wish.title ?? title}
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
      {threads.length === 0 ? null : <Notes threads={threads} wish={wish} onChange={change} />}
      <Names threads={chosen} runners={runners ?? []} me={me} />
      {named ? (
        <OwnName wish={wish} onChange={change} of={runners === undefined ? 'my notes' : 'my notes and runs'} />
      ) : null}
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
  readonly onChange: (part: Partial<Wish>) => void;
}

function Notes({ threads, wish, onChange }: NotesProps): ReactNode {
  const people = useSession((state) => state.people);
  const authors = useNotes((state) => state.authors);
  const legend = useId();
  return (
    <div role="group" aria-labelledby={legend} className={styles['linkNotes']}>
      <p id={legend}>Notes that come with it</p>
      <ul>
        {threads.map((thread) => (
          <li key={thread.id}>
            <label>
              <input
                type="checkbox"
                checked={isChosen(wish, thread)}
                data-testid="link-note"
                onChange={({ currentTarget: { checked } }) => {
                  onChange({ notes: new Map(wish.notes).set(thread.id, checked) });
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
    </div>
  );
}

/** characters of a note that tell it from the others */
const NOTE_WORDS = 80;

const authorsOf = (threads: readonly Thread[]): ReadonlySet<PersonId> =>
  new Set(threads.flatMap(({ author, replies }) => [author, ...replies.map((reply) => reply.author)]));

interface OwnNameProps extends Pick<NotesProps, 'wish' | 'onChange'> {
  /** What it stands with. */
  readonly of: string;
}

const OwnName = ({ wish, onChange, of }: OwnNameProps): ReactNode => (
  <label className={styles['line']}>
    <input
      type="checkbox"
      checked={wish.named}
      data-testid="own-name"
      onChange={(event) => {
        onChange({ named: event.currentTarget.checked });
      }}
    />
    My name stands with {of}
  </label>
);

interface NamesProps {
  readonly threads: readonly Thread[];
  readonly runners: readonly Runner[];
  readonly me: PersonId | null;
}

/** Nobody's name stands in a link without their word. */
function Names({ threads, runners, me }: NamesProps): ReactNode {
  const lent = useLinks((state) => state.lent);
  const people = useSession((state) => state.people);
  const known = useNotes((state) => state.authors);
  const { askNames } = useLinkActions();
  const [asked, setAsked] = useState<readonly PersonId[]>([]);
  const ran = new Map(runners.flatMap(({ id, name }) => (name === '' ? [] : [[id, name]])));
  const silent = [...new Set([...authorsOf(threads), ...ran.keys()])].filter((id) => id !== me && !lent.includes(id));
  const here = silent.filter((id) => people.some((person) => person.id === id));
  const everyone = here.every((id) => asked.includes(id));
  const nameOf = (id: PersonId): string => ran.get(id) ?? authorOf(id, people, known).name;
  if (silent.length === 0) return null;
  return (
    <p className={styles['explained']} data-testid="names-left-out">
      {silent.map(nameOf).join(', ')}: without the name, until they agree.{' '}
      {here.length === 0 ? (
        'They are not here now.'
      ) : (
        <button
          type="button"
          disabled={everyone}
          data-testid="ask-names"
          onClick={() => {
            setAsked(here);
            void askNames(here);
          }}
        >
          {everyone ? 'Asked' : 'Ask them'}
        </button>
      )}
    </p>
  );
}
