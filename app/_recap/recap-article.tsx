/** A recap to be read: what was tried in order, what came of it, what was said, and the minutes. Live or frozen, it is this. */
import type { ReactNode } from 'react';
import { counted, type Recap } from '#lib/link/recap';
import type { Frame } from '#lib/runs/frame';
import { NoteText } from '../_annotations/note-text.tsx';
import { RecapRun } from './recap-run.tsx';
import { RecapThread, type AuthorOf } from './recap-thread.tsx';
import styles from './recap.module.css';
import { useZone, type Zone } from './zone.ts';

interface RecapArticleProps {
  /** Above the title. */
  readonly over: ReactNode;
  readonly title: string;
  /** Below it: who made it, under which licence. */
  readonly by?: ReactNode;
  readonly recap: Recap;
  readonly pictures: ReadonlyMap<string, Frame>;
  readonly minutes: string;
  readonly authorOf: AuthorOf;
  /** Below its head, above its runs. */
  readonly children: ReactNode;
}

export function RecapArticle(props: RecapArticleProps): ReactNode {
  const { over, title, by, recap, pictures, minutes, authorOf, children } = props;
  const zone = useZone();
  const notes = recap.others.length + recap.runs.reduce((sum, { threads }) => sum + threads.length, 0);
  return (
    <>
      <header className={styles['head']}>
        <p className={styles['over']}>{over}</p>
        <h1>{title === '' ? 'Untitled room' : title}</h1>
        {by}
        <p className={styles['count']}>
          {[
            ...spanWords(
              recap.runs.map(({ run }) => run.startedAt),
              zone,
            ),
            counted(recap.runs.length, 'run'),
            counted(notes, 'note'),
          ].join(' · ')}
        </p>
        {children}
      </header>
      {recap.runs.length === 0 ? <p className={styles['empty']}>Nothing has been trained here yet.</p> : null}
      <ol className={styles['runs']}>
        {recap.runs.map((each) => (
          <RecapRun
            key={each.run.id}
            entry={each}
            picture={pictures.get(each.run.id) ?? null}
            authorOf={authorOf}
            zone={zone}
          />
        ))}
      </ol>
      {recap.others.length === 0 ? null : (
        <section className={styles['part']}>
          <h2>Other notes</h2>
          {recap.others.map((thread) => (
            <RecapThread key={thread.id} thread={thread} authorOf={authorOf} />
          ))}
        </section>
      )}
      {minutes.trim() === '' ? null : (
        <section className={styles['part']}>
          <h2>Minutes</h2>
          <NoteText text={minutes} />
        </section>
      )}
    </>
  );
}

/** "24 November 2026", or from one day to another. */
function spanWords(times: readonly number[], zone: Zone): readonly string[] {
  const days = [
    ...new Set(times.map((at) => new Date(at).toLocaleDateString('en-GB', { dateStyle: 'long', ...zone }))),
  ];
  const [first] = days;
  const last = days.at(-1);
  return first === undefined || last === undefined ? [] : [first === last ? first : `${first} to ${last}`];
}
