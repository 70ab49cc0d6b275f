'use client';
/** What a room has done, as a page to be read, printed and sent: as it is now, and as it grows. */
import { FileText, Link2, Printer } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { RoomId } from '#lib/base/id';
import { counted, recapOf } from '#lib/link/recap';
import { NoteText } from '../_annotations/note-text.tsx';
import { createBrowserHost } from '../_compute/browser-trainer.ts';
import { Refused } from '../_room/refused.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import { useSaveRecap } from '../_runs/use-save-recap.ts';
import { roomAddress, takeKey } from '../_session/address.ts';
import { idleTrainer } from '../_session/idle-trainer.ts';
import { SessionProvider, useNotes, usePastRunActions, usePastRuns, useRoom } from '../_session/react.tsx';
import { createSession, type Session } from '../_session/session.ts';
import { stillSession } from '../_session/still.ts';
import { RecapRun } from './recap-run.tsx';
import { RecapThread } from './recap-thread.tsx';
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
  const { look } = usePastRunActions();
  const live = connection.phase === 'live';
  useEffect(() => {
    if (live) look();
  }, [live, look]);
  if (connection.phase === 'refused') return <Refused refusal={connection.refusal} />;
  if (runs === null) return <p className={styles['waiting']}>The room’s runs are on their way…</p>;
  const recap = recapOf({ runs, pictures, threads });
  return (
    <main className={styles['page']}>
      <header className={styles['head']}>
        <p className={styles['over']}>
          <a href={roomAddress()}>Recap of a room</a>
        </p>
        <h1>{title === '' ? 'Untitled room' : title}</h1>
        <p className={styles['count']}>
          {[
            ...spanWords(recap.runs.map(({ run }) => run.startedAt)),
            counted(runs.length, 'run'),
            counted(threads.length, 'note'),
          ].join(' · ')}
        </p>
        <Tools />
      </header>
      {recap.runs.length === 0 ? <p className={styles['empty']}>Nothing has been trained here yet.</p> : null}
      <ol className={styles['runs']}>
        {recap.runs.map((each) => (
          <RecapRun key={each.run.id} entry={each} picture={pictures.get(each.run.id) ?? null} />
        ))}
      </ol>
      {recap.others.length === 0 ? null : (
        <section className={styles['part']}>
          <h2>Other notes</h2>
          {recap.others.map((thread) => (
            <RecapThread key={thread.id} thread={thread} />
          ))}
        </section>
      )}
      {minutes.trim() === '' ? null : (
        <section className={styles['part']}>
          <h2>Minutes</h2>
          <NoteText text={minutes} />
        </section>
      )}
    </main>
  );
}

/** "24 November 2026", or from one day to another. */
function spanWords(times: readonly number[]): readonly string[] {
  const days = [...new Set(times.map((at) => new Date(at).toLocaleDateString('en-GB', { dateStyle: 'long' })))];
  const [first] = days;
  const last = days.at(-1);
  return first === undefined || last === undefined ? [] : [first === last ? first : `${first} to ${last}`];
}

function Tools(): ReactNode {
  const save = useSaveRecap();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = (): void => {
    navigator.clipboard.writeText(location.href).then(
      () => {
        setCopied('Copied');
      },
      () => {
        setCopied('Copy it from the address bar');
      },
    );
  };
  return (
    <p className={styles['tools']}>
      <button type="button" data-testid="recap-address" onClick={copy}>
        <Link2 size={14} aria-hidden /> <span aria-live="polite">{copied ?? 'Copy its address'}</span>
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
  );
}
