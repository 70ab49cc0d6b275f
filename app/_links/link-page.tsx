'use client';
/** A link's own page. */
import Link from 'next/link';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Link as LinkValue, LinkId } from '#lib/link/link';
import { ThemeButton } from '../_room/theme-button.tsx';
import { KeepPanel } from './keep-panel.tsx';
import { LinkWords } from './link-words.tsx';
import type { LossOf } from './loss-of.ts';
import { startVerifier } from './start-verifier.ts';
import { VerifyPanel } from './verify-panel.tsx';
import { verifyIn } from './verifying.ts';
import { Viewer } from './viewer.tsx';
import styles from './viewer.module.css';
import { useWholeLink } from './whole-link.ts';

const Loss = lazy(() => import('../_figures/loss.tsx').then((module) => ({ default: module.Loss })));

interface LinkPageProps {
  readonly id: LinkId;
  readonly glance: LinkValue;
  readonly supersededBy: LinkId | null;
}

export function LinkPage({ id, glance, supersededBy }: LinkPageProps): ReactNode {
  const { link, whole, problem } = useWholeLink(id, glance);
  const [verify] = useState(() => verifyIn(startVerifier));
  return (
    <div className={styles['page']}>
      <nav className={styles['bar']}>
        <Link href="/">Polytope</Link>
        <ThemeButton />
      </nav>
      <main className={styles['main']}>
        <LinkWords link={link} supersededBy={supersededBy} />
        {problem === null ? null : (
          <p className={styles['failed']} role="alert">
            The end of it is shown, but the whole link could not be loaded: {problem}. Reload the page to try again.
          </p>
        )}
        <Viewer link={link} LossFigure={whole ? LossFigure : undefined}>
          {(cell) => <VerifyPanel link={link} verify={verify} whole={whole} cell={cell} />}
        </Viewer>
        <KeepPanel id={id} link={link} />
      </main>
    </div>
  );
}

function LossFigure(props: LossOf): ReactNode {
  return (
    <Suspense>
      <Loss {...props} className={styles['fill'] ?? ''} />
    </Suspense>
  );
}
