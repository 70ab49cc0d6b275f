'use client';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { openRoom, type RoomWish } from './open-room.ts';
import styles from './open-room-button.module.css';

interface OpenRoomButtonProps {
  readonly label: string;
  readonly wish?: RoomWish;
  /** It trains as soon as one has joined. */
  readonly runs?: boolean;
}

/** Asks the server for a room and goes there. */
export function OpenRoomButton({ label, wish, runs = false }: OpenRoomButtonProps): ReactNode {
  const router = useRouter();
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState('');
  const open = async (): Promise<void> => {
    setOpening(true);
    setProblem('');
    const answer = await openRoom(wish);
    if ('room' in answer) {
      router.push(`/rooms/${answer.room}${runs ? '?run' : ''}`);
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
