'use client';
/** A new room with the same experiments and values, and nobody in it. */
import { CopyPlus } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { IconButton } from '../_controls/icon-button.tsx';
import { duplicateRoom } from '../_home/open-room.ts';

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
      <IconButton size="middle" label={LABEL} disabled={opening} onClick={() => void duplicate()}>
        <CopyPlus size={14} />
      </IconButton>
      {problem === '' ? null : <span role="alert">{problem}</span>}
    </>
  );
}
