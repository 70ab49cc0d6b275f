'use client';
/** An address to be sent to others. Plain http has no clipboard: there it is selected, to be copied by hand. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import styles from './share-sheet.module.css';

/** How long "Copied" stands, ms. */
const SAID_MS = 2_000;

export function AddressField({ label, address }: { readonly label: string; readonly address: string }): ReactNode {
  const [said, setSaid] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => {
      setSaid('');
    }, SAID_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);

  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(address);
      setSaid('Copied');
    } catch {
      setSaid('Press Ctrl+C');
    }
  };
  return (
    <div className={styles['address']}>
      <input
        ref={field}
        readOnly
        aria-label={label}
        value={address}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
      <button type="button" onClick={() => void copy()}>
        <span aria-live="polite">{said === '' ? 'Copy' : said}</span>
      </button>
    </div>
  );
}
