'use client';
/** A new room with the same experiments and values, and nobody in it. */
import { CopyPlus } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { duplicateRoom } from '../_home/open-room.ts';
import styles from './agenda.module.css';

const LABEL = 'Duplicate this room, without its people';

export function DuplicateButton(): ReactNode {
  const { room } = useParams<{ room?: string }>();
  const router = useRouter();
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState('');
  const duplicate = async (): Promise<void> => {
    setOpening(true);
    setProblem('');
    const answer = await duplicateRoom(room ?? '');
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
