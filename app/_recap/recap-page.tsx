'use client';
/** What a room has done, as a page to be read, printed and kept as a link: as it is now, and as it grows. */
import { FileText, Link2, Printer } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { RoomId } from '#lib/base/id';
import { recapOf } from '#lib/link/recap';
import { PERSON_COLOURS } from '#lib/room/person';
import type { KeptRun } from '#lib/runs/kept';
import { authorOf } from '../_annotations/person-name.ts';
import { createBrowserHost } from '../_compute/browser-trainer.ts';
import { Refused } from '../_room/refused.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import { useSaveRecap } from '../_runs/use-save-recap.ts';
import { roomAddress, takeKey } from '../_session/address.ts';
import { idleTrainer } from '../_session/idle-trainer.ts';
import { SessionProvider, useNotes, usePastRunActions, usePastRuns, useRoom } from '../_session/react.tsx';
import { createSession, type Session } from '../_session/session.ts';
import { stillSession } from '../_session/still.ts';
import { KeepRecap } from './keep-recap.tsx';
import { RecapArticle } from './recap-article.tsx';
import type { AuthorOf } from './recap-thread.tsx';
import styles from './recap.module.css';

export function RecapPage({ room }: { readonly room: RoomId }): ReactNode {
  const [session, setSession] = useState<Session>(() => stillSession(null));
  useEffect(() => {
    takeKey(room);
    const opened = createSession({
      room,
      origin: location.origin,
      trainer: idleTrainer(),
      glance: null,
      host: createBrowserHost,
      now: Date.now,
      random: Math.random,
    });
    // eslint-disable-next-line react-hooks/set-state-in-effect -- a session is a connection: it opens with the page
    setSession(opened);
    return opened.actions.close;
  }, [room]);
  return (
    <SessionProvider session={session}>
      <OpenRecap />
    </SessionProvider>
  );
}

function OpenRecap(): ReactNode {
  const connection = useRoom((state) => state.connection);
  const title = useRoom((state) => state.title);
  const runs = usePastRuns((state) => state.runs);
  const pictures = usePastRuns((state) => state.pictures);
  const threads = useNotes((state) => state.threads);
  const minutes = useNotes((state) => state.minutes);
  const author = useAuthorOf();
  const { look } = usePastRunActions();
  const live = connection.phase === 'live';
  useEffect(() => {
    if (live) look();
  }, [live, look]);
  if (connection.phase === 'refused') return <Refused refusal={connection.refusal} />;
  if (runs === null) return <p className={styles['waiting']}>The room’s runs are on their way…</p>;
  return (
    <main className={styles['page']}>
      <RecapArticle
        over={<a href={roomAddress()}>Recap of a room</a>}
        title={title}
        recap={recapOf({ runs, pictures, threads })}
        pictures={pictures}
        minutes={minutes}
        authorOf={author}
      >
        <Tools runs={runs} />
      </RecapArticle>
    </main>
  );
}

function useAuthorOf(): AuthorOf {
  const people = useRoom((state) => state.people);
  const authors = useNotes((state) => state.authors);
  return (id) => {
    const { name, colour } = authorOf(id, people, authors);
    return { name, colour: PERSON_COLOURS[colour] ?? PERSON_COLOURS[0] };
  };
}

function Tools({ runs }: { readonly runs: readonly KeptRun[] }): ReactNode {
  const save = useSaveRecap();
  const [keeping, setKeeping] = useState(false);
  return (
    <>
      <p className={styles['tools']}>
        <button
          type="button"
          data-testid="keep-recap"
          aria-expanded={keeping}
          onClick={() => {
            setKeeping(!keeping);
          }}
        >
          <Link2 size={14} aria-hidden /> Keep as a link
        </button>
        <button type="button" data-testid="recap-markdown" onClick={() => void save()}>
          <FileText size={14} aria-hidden /> Markdown
        </button>
        <button
          type="button"
          onClick={() => {
            print();
          }}
        >
          <Printer size={14} aria-hidden /> Print
        </button>
        <ThemeButton />
      </p>
      {keeping ? (
        <KeepRecap
          runs={runs}
          onClose={() => {
            setKeeping(false);
          }}
        />
      ) : null}
    </>
  );
}
