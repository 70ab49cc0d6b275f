'use client';
/** Opens what a solo address says: with a link's result in it, where it names one. */
import { useEffect, useState, type ReactNode } from 'react';
import type { Solo } from '#lib/experiments/solo';
import type { Link } from '#lib/link/link';
import { createBrowserHost, createBrowserTrainer } from '../_compute/browser-trainer.ts';
import { introduction } from '../_session/memory.ts';
import type { Session } from '../_session/session.ts';
import { createSolo, stillSolo } from '../_session/solo.ts';
import { SoloRefused } from './solo-refused.tsx';
import { SoloRoom } from './solo-room.tsx';

interface Opened {
  readonly room: Session;
  readonly view: Session;
}

export function SoloPage({ solo }: { readonly solo: Solo }): ReactNode {
  const [begun] = useState(solo);
  const [opened, setOpened] = useState<Opened>(() => stillSolo(begun));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let close = (): void => undefined;
    const stop = new AbortController();
    const open = async (): Promise<void> => {
      const link = begun.link === null ? null : await readLink(begun.link, stop.signal);
      if (stop.signal.aborted) return;
      const made = createSolo({
        solo: begun,
        link,
        name: introduction()?.name ?? '',
        trainer: createBrowserTrainer(),
        host: createBrowserHost,
        now: Date.now,
        random: Math.random,
      });
      setOpened(made);
      close = made.view.actions.close;
    };
    open().catch((error: unknown) => {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => {
      stop.abort();
      close();
    };
  }, [begun]);
  if (problem !== null) return <SoloRefused message={problem} experiment={begun.experiment} />;
  return <SoloRoom solo={begun} {...opened} />;
}

/** Throws a sentence for people. */
async function readLink(id: string, signal: AbortSignal): Promise<Link> {
  const answer = await fetch(`/api/links/${id}`, { credentials: 'omit', signal });
  if (!answer.ok) throw new Error('The link that this address begins with is no longer there.');
  return (await answer.json()) as Link;
}
