'use client';
/** Words that may be changed where they stand: press them, type, Enter. Escape leaves them as they were. */
import { useState, type ReactNode } from 'react';
import styles from './editable-text.module.css';

interface EditableTextProps {
  readonly text: string;
  readonly label: string;
  /** characters */
  readonly length: number;
  readonly disabled: boolean;
  readonly onWrite: (text: string) => void;
}

export function EditableText({ text, label, length, disabled, onWrite }: EditableTextProps): ReactNode {
  const [draft, setDraft] = useState<string | null>(null);
  if (disabled) return <>{text}</>;
  if (draft === null)
    return (
      <button
        type="button"
        className={styles['text']}
        title={`${label}: press to change it`}
        onClick={() => {
          setDraft(text);
        }}
      >
        {text}
      </button>
    );
  const end = (write: boolean): void => {
    if (write && draft.trim() !== text) onWrite(draft);
    setDraft(null);
  };
  return (
    <input
      className={styles['input']}
      aria-label={label}
      value={draft}
      maxLength={length}
      size={Math.max(8, draft.length)}
      autoFocus
      onFocus={(event) => {
        event.target.select();
      }}
      onChange={(event) => {
        setDraft(event.target.value);
      }}
      onBlur={() => {
        end(true);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
        event.stopPropagation();
      }}
    />
  );
}
