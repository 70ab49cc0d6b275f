'use client';
/** A field for Markdown that offers names after an @. Ctrl or ⌘ Enter sends, Escape leaves. */
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { NOTES_LIMITS } from '#lib/room/limits';
import { typedMentions } from '#lib/room/mention';
import { useSession } from '../_session/react.tsx';
import { storeMentions, typedName } from './mention.ts';
import styles from './notes.module.css';

interface NoteFieldProps {
  readonly label: string;
  /** As it is stored. */
  readonly text?: string;
  readonly send: string;
  readonly placeholder?: string;
  /** False: it was refused, and stays in the field. */
  readonly onSend: (text: string) => boolean;
  readonly onCancel?: () => void;
  readonly autoFocus?: boolean;
}

/** Names offered at once. */
const OFFERED = 5;

export function NoteField({
  label,
  text = '',
  send,
  placeholder,
  onSend,
  onCancel,
  autoFocus = false,
}: NoteFieldProps): ReactNode {
  const people = useSession((state) => state.people);
  const [typed, setTyped] = useState(() => typedMentions(text));
  const [caret, setCaret] = useState<number | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const names = useId();
  const started = caret === null ? null : typedName(typed, caret);
  const offered =
    started === null ? [] : people.filter(({ name, seated }) => seated && begins(name, started)).slice(0, OFFERED);
  const stored = storeMentions(typed, people);
  const left = NOTES_LIMITS.text - stored.length;

  function finish(name: string): void {
    if (caret === null || started === null) return;
    const before = typed.slice(0, caret - started.length) + name + ' ';
    setTyped(before + typed.slice(caret));
    setCaret(null);
    field.current?.focus();
    requestAnimationFrame(() => field.current?.setSelectionRange(before.length, before.length));
  }

  function submit(): void {
    if (stored.trim() !== '' && left >= 0 && onSend(stored)) setTyped('');
  }

  function onKeyDown(event: KeyboardEvent): void {
    const [first] = offered;
    if (event.key === 'Tab' && !event.shiftKey && first !== undefined && started !== '') {
      event.preventDefault();
      finish(first.name);
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
    else if (event.key === 'Escape') {
      if (started !== null) setCaret(null);
      else onCancel?.();
    } else return;
    event.stopPropagation();
  }

  return (
    <form
      className={styles['field']}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={field}
        aria-label={label}
        aria-describedby={offered.length > 0 ? names : undefined}
        placeholder={placeholder}
        value={typed}
        rows={3}
        autoFocus={autoFocus}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
        }}
        onBlur={() => {
          setCaret(null);
        }}
        onKeyDown={onKeyDown}
      />
      {offered.length === 0 ? null : (
        <div id={names} className={styles['names']} role="group" aria-label="People to mention; Tab takes the first">
          {offered.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              onPointerDown={(event) => {
                event.preventDefault();
                finish(name);
              }}
              onClick={() => {
                finish(name);
              }}
            >
              @{name}
            </button>
          ))}
        </div>
      )}
      <div className={styles['fieldFoot']}>
        <small data-over={left < 0 ? '' : undefined}>
          {left < 200 ? `${left} characters left` : 'Markdown, $math$, @name'}
        </small>
        {onCancel === undefined ? null : (
          <button type="button" className={styles['quiet']} onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" className={styles['send']} disabled={stored.trim() === '' || left < 0}>
          {send}
        </button>
      </div>
    </form>
  );
}

const begins = (name: string, started: string): boolean =>
  name
    .toLowerCase()
    .split(' ')
    .some((word) => word.startsWith(started.toLowerCase())) || name.toLowerCase().startsWith(started.toLowerCase());
