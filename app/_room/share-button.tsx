'use client';
import { Link2 } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import styles from './top-bar.module.css';

/** How long "Copied" stands, ms. */
const SAID_MS = 2_000;

/** Copies the address. Plain http has no clipboard: there the address is shown, selected, to be copied by hand. */
export function ShareButton(): ReactNode {
  const [copied, setCopied] = useState(false);
  const sheet = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, SAID_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  const share = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied(true);
    } catch {
      sheet.current?.showPopover();
    }
  };
  return (
    <>
      <button type="button" className={styles['share']} onClick={() => void share()}>
        <Link2 size={16} /> <span aria-live="polite">{copied ? 'Copied' : 'Share'}</span>
      </button>
      <div id={id} ref={sheet} popover="auto" className={styles['address']} onToggle={selectAddress}>
        <p>Send this address: whoever opens it is in the room.</p>
        <input readOnly aria-label="Address of this room" />
      </div>
    </>
  );
}

function selectAddress({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
  const field = currentTarget.querySelector('input');
  if (field === null) return;
  field.value = location.href;
  field.select();
}
