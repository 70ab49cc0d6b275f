'use client';
/** The whole of a link, after what came with its page. */
import { useEffect, useState } from 'react';
import type { Link, LinkId } from '#lib/link/link';

export interface WholeLink {
  readonly link: Link;
  readonly whole: boolean;
  readonly problem: string | null;
}

/** It needs no credentials: an embed has none. */
export function useWholeLink(id: LinkId, glance: Link): WholeLink {
  const [held, setHeld] = useState<WholeLink>({ link: glance, whole: false, problem: null });
  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      const answer = await fetch(`/api/links/${id}`, { credentials: 'omit', signal: stop.signal });
      if (!answer.ok) throw new Error('it is no longer there');
      setHeld({ link: (await answer.json()) as Link, whole: true, problem: null });
    };
    load().catch((error: unknown) => {
      if (!stop.signal.aborted)
        setHeld((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
    });
    return () => {
      stop.abort();
    };
  }, [id]);
  return held;
}
