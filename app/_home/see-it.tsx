import Link from 'next/link';
import type { ReactNode } from 'react';
import { soloAddress, type SoloWish } from '#lib/experiments/solo';
import quiet from './quiet-button.module.css';

interface SeeItProps {
  readonly label: string;
  readonly wish: Pick<SoloWish, 'experiment' | 'parameters'>;
}

/** Opens the experiment alone, where it trains at once: nothing is asked, and no server keeps anything. */
export const SeeIt = ({ label, wish }: SeeItProps): ReactNode => (
  <Link className={quiet['quiet']} href={soloAddress({ ...wish, runs: true })} prefetch={false}>
    {label}
  </Link>
);
