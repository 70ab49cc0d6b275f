'use client';
import type { ReactNode } from 'react';
import styles from './_room/message.module.css';

interface ErrorProps {
  readonly reset: () => void;
}

export default function ErrorPage({ reset }: ErrorProps): ReactNode {
  return (
    <main className={styles['message']}>
      <h1>This page has stopped.</h1>
      <p>Something went wrong in this browser. The room and its runs are on the server, and safe.</p>
      <button type="button" className={styles['again']} onClick={reset}>
        Try again
      </button>
    </main>
  );
}
