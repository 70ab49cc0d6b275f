'use client';
/** A link's notes, in the order in which they were written. A press turns the figures to what one speaks of. */
import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react';
import type { LinkEntry } from '#lib/link/link';
import { AnchorLine } from '../_annotations/anchor-line.tsx';
import { NoteText } from '../_annotations/note-text.tsx';
import { authorWords, colourOf } from './author.ts';
import type { PlacedNote } from './place.ts';
import styles from './viewer.module.css';

interface LinkNotesProps {
  readonly notes: readonly PlacedNote[];
  readonly selected: string | null;
  readonly onSelect: (placed: PlacedNote) => void;
}

export function LinkNotes({ notes, selected, onSelect }: LinkNotesProps): ReactNode {
  return (
    <section className={styles['notes']} aria-label="Notes">
      <h2>{notes.length === 1 ? 'One note' : `${notes.length} notes`}</h2>
      <ol>
        {notes.map((placed) => (
          <Note
            key={placed.note.id}
            placed={placed}
            selected={placed.note.id === selected}
            onSelect={() => {
              onSelect(placed);
            }}
          />
        ))}
      </ol>
    </section>
  );
}

interface NoteProps {
  readonly placed: PlacedNote;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function Note({ placed: { note, number, placement }, selected, onSelect }: NoteProps): ReactNode {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const why = placement?.state === 'unanchored' ? placement.why : null;
  return (
    <li
      ref={item}
      className={styles['note']}
      data-testid="note"
      data-selected={selected ? '' : undefined}
      style={{ '--person': colourOf(note.author) } as CSSProperties}
    >
      <button type="button" className={styles['about']} onClick={onSelect} aria-pressed={selected}>
        <span className={styles['number']}>{number}</span>
        {note.anchor === null ? <span>About the whole</span> : <AnchorLine anchor={note.anchor} now={why} />}
      </button>
      <Entry entry={note} />
      {note.replies.map((reply) => (
        <div key={reply.id} className={styles['reply']}>
          <Entry entry={reply} />
        </div>
      ))}
    </li>
  );
}

function Entry({ entry }: { readonly entry: LinkEntry }): ReactNode {
  return (
    <>
      <NoteText text={entry.text} />
      <p className={styles['byline']} data-unnamed={entry.author === null ? '' : undefined}>
        {authorWords(entry.author)}
      </p>
    </>
  );
}
