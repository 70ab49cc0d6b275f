/** An address that says what cannot be: what is wrong with it, and the way on. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { soloAddress } from '#lib/experiments/solo';
import styles from '../_room/message.module.css';

interface SoloRefusedProps {
  readonly message: string;
  readonly experiment: string;
}

export function SoloRefused({ message, experiment }: SoloRefusedProps): ReactNode {
  const known = experimentOf(experiment);
  return (
    <main className={styles['message']}>
      <h1>This address cannot be opened.</h1>
      <p data-testid="refused">{message}</p>
      {known === undefined ? (
        <Link href="/">To the home page</Link>
      ) : (
        <a href={soloAddress({ experiment, parameters: {} })}>Open “{known.title}” as it begins</a>
      )}
    </main>
  );
}
