'use client';
import type { CSSProperties, ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import type { Entry, Thread } from '#lib/room/threads';
import { targetWords } from '../_annotations/anchor-words.ts';
import { NoteText } from '../_annotations/note-text.tsx';
import { authorOf } from '../_annotations/person-name.ts';
import { useNotes, useRoom } from '../_session/react.tsx';
import styles from './recap.module.css';

/** A note with its answers, in the order in which they were written. */
export function RecapThread({ thread }: { readonly thread: Thread }): ReactNode {
  const { anchor, replies } = thread;
  return (
    <div className={styles['thread']}>
      {anchor === null ? null : <p className={styles['about']}>{targetWords(anchor.target, anchor)}</p>}
      {[thread, ...replies.filter(({ text }) => text !== '')].map((entry) => (
        <Said key={entry.id} entry={entry} />
      ))}
    </div>
  );
}

function Said({ entry }: { readonly entry: Entry }): ReactNode {
  const people = useRoom((state) => state.people);
  const authors = useNotes((state) => state.authors);
  const { name, colour } = authorOf(entry.author, people, authors);
  return (
    <div className={styles['said']} style={{ '--person': PERSON_COLOURS[colour] } as CSSProperties}>
      <NoteText text={entry.text} />
      <p className={styles['byline']}>{name}</p>
    </div>
  );
}
