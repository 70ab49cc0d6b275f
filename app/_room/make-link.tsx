'use client';
/** Share → make a link: what stands in it, whose names, and under which licence. */
import { useId, useState, type ReactNode } from 'react';
import { LICENCES, isLicence, type LinkEntry, type LinkNote, type Licence } from '#lib/link/link';
import { LINK_LIMITS } from '#lib/link/limits';
import { can } from '#lib/room/roles';
import type { Person } from '#lib/room/person';
import type { Entry, Thread } from '#lib/room/threads';
import type { PersonId } from '#lib/base/id';
import { targetWords } from '../_annotations/anchor-words.ts';
import { authorOf } from '../_annotations/person-name.ts';
import { ownLinks, type OwnLink } from '../_session/memory.ts';
import { useIsRoom, useLinkActions, useLinks, useNotes, useSession, useShownRun } from '../_session/react.tsx';
import { formatCount } from '../_figures/scales.ts';
import { AddressField } from './address-field.tsx';
import styles from './share-sheet.module.css';
import { EngineWords, useTrainAgain } from './train-again.tsx';
import { useStandpoint, type Standpoint } from './standpoint.tsx';

/** What is shown, as a link: only a run that has finished has an end to keep. */
export function MakeLink(): ReactNode {
  const allowed = useSession((state) => state.me !== null && can(state.me.role, 'make-links'));
  const run = useShownRun();
  const { at } = useStandpoint();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  if (!allowed) return null;
  return (
    <section className={styles['part']} aria-label="Make a link">
      <h3>Keep this result as a link</h3>
      {made === null ? null : <MadeLink address={`${location.origin}/links/${made}`} />}
      {run?.record.status.phase === 'finished' && (at === 'room' || run.mine) ? (
        making ? (
          <LinkForm
            onMade={(link) => {
              setMade(link);
              setMaking(false);
            }}
          />
        ) : (
          <p className={styles['explained']}>
            Frozen as it is, for those who were not here: it opens by itself, and anyone can verify it.{' '}
            <button
              type="button"
              data-testid="make-link"
              onClick={() => {
                setMaking(true);
              }}
            >
              Make a link
            </button>
          </p>
        )
      ) : (
        <p className={styles['explained']}>{run === null || run.mine ? UNFINISHED : ELSEWHERE[at]}</p>
      )}
    </section>
  );
}

const UNFINISHED = 'Run an experiment to its end first: a link keeps a finished result.';

/** Why what is shown cannot be kept from here. */
const ELSEWHERE: Readonly<Record<Standpoint['at'], string>> = {
  room: UNFINISHED,
  mine: 'This is the room’s run: keep it from the room, or run your own try first.',
  shown: 'This is another’s try: they can keep it as a link.',
  solo: 'This result is a link already. Run it here, and what comes of it can be kept as another.',
};

function MadeLink({ address }: { readonly address: string }): ReactNode {
  return (
    <div data-testid="made-link">
      <AddressField label="Address of the link" address={address} />
      <p className={styles['explained']}>
        <a href={address}>Look at it</a>. This browser keeps the key that can replace or delete it, in{' '}
        <a href="/links">your links</a>.
      </p>
    </div>
  );
}

interface Wish {
  readonly title: string;
  readonly authors: string;
  readonly licence: Licence;
  readonly notes: ReadonlySet<string>;
  readonly named: boolean;
  /** An own earlier link that it replaces; empty: none. */
  readonly replaces: string;
}

function LinkForm({ onMade }: { readonly onMade: (link: string) => void }): ReactNode {
  const run = useShownRun();
  const item = useSession((state) => state.item?.id ?? '');
  const title = useSession((state) => state.title);
  const me = useSession((state) => state.me);
  // Beside the room there is nothing that they would speak of.
  const isRoom = useIsRoom();
  const threads = useNotes((state) => state.threads).filter(({ text }) => isRoom && text !== '');
  const { make } = useLinkActions();
  const again = useTrainAgain(run?.record ?? null);
  const notesOf = useLinkNotes(me);
  const [earlier] = useState<readonly OwnLink[]>(ownLinks);
  const [wish, setWish] = useState<Wish>(() => ({
    title,
    authors: me?.name ?? '',
    licence: 'CC-BY-4.0',
    notes: new Set(threads.filter(({ resolved }) => !resolved).map(({ id }) => id)),
    named: true,
    replaces: '',
  }));
  const [problem, setProblem] = useState('');
  const change = (part: Partial<Wish>): void => {
    setWish((held) => ({ ...held, ...part }));
  };

  async function send(): Promise<void> {
    if (run === null) return;
    const replaced = earlier.find(({ link }) => link === wish.replaces);
    const trained = await again.train();
    if (trained !== null && !trained.ok) {
      setProblem(trained.error.message);
      return;
    }
    const request = {
      run: run.record.id,
      item,
      title: wish.title,
      authors: wish.authors
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      licence: wish.licence,
      notes: [...wish.notes],
      named: wish.named,
      supersedes: replaced === undefined ? null : { link: replaced.link, key: replaced.key },
    };
    const chosen = threads.filter(({ id }) => wish.notes.has(id));
    const answer = await make(
      request,
      trained === null ? null : { run: trained.value, notes: notesOf(chosen, wish.named) },
    );
    if (answer.ok) onMade(answer.value.link);
    else setProblem(answer.error.message);
  }

  return (
    <form
      className={styles['linkForm']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
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
      {threads.length === 0 ? null : <Notes threads={threads} wish={wish} me={me?.id ?? null} onChange={change} />}
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
      <EngineWords again={again} />
      <p className={styles['line']}>
        <button type="submit" data-testid="make-link-now" disabled={again.step !== null}>
          {again.step === null ? 'Make it' : `Training it again: step ${formatCount(again.step)}`}
        </button>
        <span role={problem === '' ? undefined : 'alert'}>
          {problem === '' ? 'It cannot be changed afterwards.' : problem}
        </span>
      </p>
    </form>
  );
}

/** Notes as a link holds them: under the names that were lent, and no others. */
function useLinkNotes(me: Person | null): (threads: readonly Thread[], named: boolean) => readonly LinkNote[] {
  const lent = useLinks((state) => state.lent);
  const authors = useNotes((state) => state.authors);
  return (threads, named) => {
    const nameOf = (author: PersonId): string | null => {
      if (author === me?.id) return named ? me.name : null;
      return lent.includes(author) ? (authors.get(author)?.name ?? null) : null;
    };
    const entryOf = ({ id, author, at, text }: Entry): LinkEntry => ({ id, author: nameOf(author), at, text });
    return threads.map((thread) => ({
      ...entryOf(thread),
      anchor: thread.anchor,
      replies: thread.replies.filter(({ text }) => text !== '').map(entryOf),
    }));
  };
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
