'use client';
/** Text to be taken along: a citation, an embed. */
import { Check, Copy } from 'lucide-react';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import styles from './viewer.module.css';

const never = (): (() => void) => () => undefined;
/** Empty on the server, which does not know by which of its names it was asked. */
export const useOrigin = (): string =>
  useSyncExternalStore(
    never,
    () => location.origin,
    () => '',
  );

interface SnippetProps {
  readonly label: string;
  readonly text: string;
  readonly lines: number;
}

export function Snippet({ label, text, lines }: SnippetProps): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Over plain http a browser has no clipboard: the text is there to be selected.
      setCopied(false);
    }
  };
  return (
    <div className={styles['snippet']}>
      <div>
        <h3>{label}</h3>
        <button type="button" className={styles['plain']} onClick={() => void copy()}>
          {copied ? <Check size={13} /> : <Copy size={13} />} {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <textarea
        readOnly
        aria-label={label}
        value={text}
        rows={lines}
        spellCheck={false}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
    </div>
  );
}
