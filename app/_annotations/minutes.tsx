'use client';
/** The room's notepad: all write in it at once; or read it set, as Markdown. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import { spliceBetween } from '#lib/room/notepad';
import { useNoteActions, useNotes, useRoom } from '../_session/react.tsx';
import { NoteText } from './note-text.tsx';
import styles from './notes.module.css';

export function Minutes(): ReactNode {
  const text = useNotes((state) => state.minutes);
  const mayWrite = useRoom((state) => state.me !== null && can(state.me.role, 'edit-notes'));
  const [reading, setReading] = useState(false);
  return (
    <div className={styles['minutes']}>
      <div className={styles['minutesHead']}>
        <p className={styles['hint']}>Everybody’s: each may change every word. Markdown and $mathematics$.</p>
        {mayWrite ? (
          <button
            type="button"
            className={styles['quiet']}
            aria-pressed={reading}
            onClick={() => {
              setReading(!reading);
            }}
          >
            Read
          </button>
        ) : null}
      </div>
      {mayWrite && !reading ? (
        <Pad text={text} />
      ) : (
        <div className={styles['read']}>{text === '' ? 'Nothing yet.' : <NoteText text={text} />}</div>
      )}
    </div>
  );
}

/** A field whose caret stays with its words when others write before it. */
function Pad({ text }: { readonly text: string }): ReactNode {
  const { write, watchMinutes } = useNoteActions();
  const field = useRef<HTMLTextAreaElement>(null);
  const kept = useRef<readonly [start: number, end: number] | null>(null);
  useEffect(
    () =>
      watchMinutes((caretFor) => {
        const { current } = field;
        if (current !== null) kept.current = [caretFor(current.selectionStart), caretFor(current.selectionEnd)];
      }),
    [watchMinutes],
  );
  useLayoutEffect(() => {
    if (kept.current !== null) field.current?.setSelectionRange(...kept.current);
    kept.current = null;
  }, [text]);
  return (
    <textarea
      ref={field}
      className={styles['pad']}
      aria-label="Minutes"
      data-testid="minutes"
      placeholder="Who was there, what was seen, what to try next"
      value={text}
      onChange={(event) => {
        const { value, selectionStart } = event.currentTarget;
        const splice = spliceBetween(text, value, selectionStart);
        if (splice === null || !write(splice)) return;
        // React puts the caret at the end where the text comes back from a store a moment later.
        kept.current = [selectionStart, selectionStart];
      }}
    />
  );
}
