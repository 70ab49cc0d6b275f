'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Refusal } from '#lib/base/result';
import { OpenRoomButton } from '../_home/open-room-button.tsx';
import styles from './message.module.css';

/** The end of the road: what happened, and what to press. */
export function Refused({ refusal }: { readonly refusal: Refusal }): ReactNode {
  const missing = refusal.code === 'not-found';
  return (
    <main className={styles['message']}>
      <h1>{missing ? 'This room does not exist.' : 'This room cannot be opened.'}</h1>
      <p>
        {missing
          ? 'Its address may be mistyped, or its owner has deleted it. A new room takes one press.'
          : refusal.message}
      </p>
      <OpenRoomButton label="Open a new room" />
      <Link href="/">To the home page</Link>
    </main>
  );
}
