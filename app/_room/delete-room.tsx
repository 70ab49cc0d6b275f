'use client';
/** The end of a room, for everyone: nothing of it can be brought back, so its title is typed first. */
import { useState, type ReactNode } from 'react';
import { useSession } from '../_session/react.tsx';
import type { OwnerProps } from './role-select.tsx';
import styles from './share-sheet.module.css';

export function DeleteRoom({ send }: Pick<OwnerProps, 'send'>): ReactNode {
  const title = useSession((state) => state.title);
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  if (!asking)
    return (
      <section className={styles['part']}>
        <button
          type="button"
          data-tone="error"
          onClick={() => {
            setAsking(true);
          }}
        >
          Delete this room…
        </button>
      </section>
    );
  return (
    <form
      className={styles['part']}
      onSubmit={(event) => {
        event.preventDefault();
        void send({ type: 'delete' });
      }}
    >
      <label className={styles['stacked']}>
        <span>
          Everyone loses it, with its runs, for good. Type its title to delete it: <b>{title}</b>
        </span>
        <input
          value={typed}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      </label>
      <div className={styles['line']}>
        <button type="submit" data-tone="error" disabled={typed.trim() !== title}>
          Delete for everyone
        </button>
        <button
          type="button"
          onClick={() => {
            setAsking(false);
          }}
        >
          Keep it
        </button>
      </div>
    </form>
  );
}
