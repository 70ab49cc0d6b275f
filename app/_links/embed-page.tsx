'use client';
/** A link inside of another site's page: frozen, without credentials, and nothing is trained until somebody presses. */
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Link, LinkId } from '#lib/link/link';
import type { LossOf } from './loss-of.ts';
import type { ViewerOptions } from './options.ts';
import { startVerifier } from './start-verifier.ts';
import { licenceWords } from './link-words.tsx';
import { VerifyPanel } from './verify-panel.tsx';
import { verifyIn } from './verifying.ts';
import { Viewer } from './viewer.tsx';
import styles from './viewer.module.css';
import { useWholeLink } from './whole-link.ts';

const Loss = lazy(() => import('../_figures/loss.tsx').then((module) => ({ default: module.Loss })));

interface EmbedPageProps {
  readonly id: LinkId;
  readonly glance: Link;
  readonly options: ViewerOptions;
  /** null: as the reader's system has it. */
  readonly theme: 'light' | 'dark' | null;
}

export function EmbedPage({ id, glance, options, theme }: EmbedPageProps): ReactNode {
  const { link, whole } = useWholeLink(id, glance);
  const [verify] = useState(() => verifyIn(startVerifier));
  const frame = useHeightMessage();
  return (
    <main ref={frame} className={styles['embed']} data-theme={theme ?? undefined}>
      <h1 className={styles['unseen']}>{link.title}</h1>
      <Viewer link={link} options={options} LossFigure={whole ? LossFigure : undefined} />
      <VerifyPanel link={link} verify={verify} whole={whole} />
      <footer className={styles['embedFoot']}>
        <a href={`/links/${id}`} target="_blank" rel="noreferrer">
          {link.title}
        </a>
        <span>{[...link.authors, licenceWords(link.licence)].join(' · ')}</span>
      </footer>
    </main>
  );
}

function LossFigure(props: LossOf): ReactNode {
  return (
    <Suspense>
      <Loss {...props} className={styles['fill'] ?? ''} />
    </Suspense>
  );
}

/** Tells the page around it how high it is, whenever that changes: `{ type: 'polytope:height', height }` in px. */
function useHeightMessage() {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null || parent === window) return undefined;
    const observer = new ResizeObserver(() => {
      // Whoever embeds it may be anybody, and is told nothing else.
      parent.postMessage({ type: 'polytope:height', height: Math.ceil(element.getBoundingClientRect().height) }, '*');
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return frame;
}
