'use client';
/** A new room with the same experiments and values, and nobody in it. */
import { CopyPlus } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import styles from './agenda.module.css';

const LABEL = 'Duplicate this room, without its people';
const NO_ANSWER = 'The server did not answer. Nothing is lost; press it again in a moment.';

export function DuplicateButton(): ReactNode {
  const { room } = useParams<{ room?: string }>();
  const router = useRouter();
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState('');
  const duplicate = async (): Promise<void> => {
    setOpening(true);
    setProblem('');
    const answer = await askForDuplicate(room ?? '').catch(() => ({ problem: NO_ANSWER }));
    if ('room' in answer) router.push(`/rooms/${answer.room}`);
    else setProblem(answer.problem);
    setOpening(false);
  };
  return (
    <>
      <button
        type="button"
        className={styles['tool']}
        aria-label={LABEL}
        title={LABEL}
        disabled={opening}
        onClick={() => void duplicate()}
      >
        <CopyPlus size={14} />
      </button>
      {problem === '' ? null : <span role="alert">{problem}</span>}
    </>
  );
}

type Duplicate = { readonly room: string } | { readonly problem: string };

async function askForDuplicate(room: string): Promise<Duplicate> {
  const answer = await fetch(`/api/rooms/${room}/duplicate`, { method: 'POST' });
  const body = (await answer.json()) as { readonly room?: unknown; readonly error?: { readonly message?: unknown } };
  if (typeof body.room === 'string') return { room: body.room };
  return { problem: typeof body.error?.message === 'string' ? body.error.message : NO_ANSWER };
}
