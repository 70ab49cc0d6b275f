import type { CSSProperties, ReactNode } from 'react';
import type { PersonId } from '#lib/base/id';
import type { Entry, Thread } from '#lib/room/threads';
import { targetWords } from '../_annotations/anchor-words.ts';
import { NoteText } from '../_annotations/note-text.tsx';
import styles from './recap.module.css';

/** `colour`: of CSS. */
export type AuthorOf = (id: PersonId) => { readonly name: string; readonly colour: string };

interface RecapThreadProps {
  readonly thread: Thread;
  readonly authorOf: AuthorOf;
}

/** A note with its answers, in the order in which they were written. */
export function RecapThread({ thread, authorOf }: RecapThreadProps): ReactNode {
  const { anchor, replies } = thread;
  return (
    <div className={styles['thread']}>
      {anchor === null ? null : <p className={styles['about']}>{targetWords(anchor.target, anchor)}</p>}
      {[thread, ...replies.filter(({ text }) => text !== '')].map((entry) => (
        <Said key={entry.id} entry={entry} author={authorOf(entry.author)} />
      ))}
    </div>
  );
}

function Said({ entry, author }: { readonly entry: Entry; readonly author: ReturnType<AuthorOf> }): ReactNode {
  return (
    <div className={styles['said']} style={{ '--person': author.colour } as CSSProperties}>
      <NoteText text={entry.text} />
      <p className={styles['byline']}>{author.name}</p>
    </div>
  );
}
