'use client';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { openRoom } from './open-room.ts';
import styles from './open-room-button.module.css';

interface OpenRoomButtonProps {
  readonly label: string;
}

/** Asks the server for a room and goes there. */
export function OpenRoomButton({ label }: OpenRoomButtonProps): ReactNode {
  const router = useRouter();
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState('');
  const open = async (): Promise<void> => {
    setOpening(true);
    setProblem('');
    const answer = await openRoom();
    if ('room' in answer) {
      router.push(`/rooms/${answer.room}`);
      return;
    }
    setProblem(answer.problem);
    setOpening(false);
  };
  return (
    <span className={styles['open']}>
      <button type="button" disabled={opening} onClick={() => void open()}>
        {opening ? 'Opening…' : label}
      </button>
      {problem === '' ? null : <span role="alert">{problem}</span>}
    </span>
  );
}
