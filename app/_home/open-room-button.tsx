'use client';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import styles from './open-room-button.module.css';

/** Asks the server for a room and goes there. */
export function OpenRoomButton({ label }: { readonly label: string }): ReactNode {
  const router = useRouter();
  const [state, setState] = useState<'ready' | 'opening' | 'failed'>('ready');
  const open = async (): Promise<void> => {
    setState('opening');
    try {
      router.push(`/rooms/${await newRoom()}`);
    } catch {
      setState('failed');
    }
  };
  return (
    <span className={styles['open']}>
      <button type="button" disabled={state === 'opening'} onClick={() => void open()}>
        {state === 'opening' ? 'Opening…' : label}
      </button>
      {state === 'failed' ? (
        <span role="alert">The server did not answer. Nothing is lost; press it again in a moment.</span>
      ) : null}
    </span>
  );
}

async function newRoom(): Promise<string> {
  const answer = await fetch('/api/rooms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { room } = (await answer.json()) as { readonly room?: unknown };
  if (!answer.ok || typeof room !== 'string') throw new Error(`rooms: ${answer.status}`);
  return room;
}
