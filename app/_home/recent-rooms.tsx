'use client';
import Link from 'next/link';
import { useSyncExternalStore, type ReactNode } from 'react';
import { recentRooms, type RecentRoom } from '../_session/memory.ts';
import styles from './home.module.css';

const NONE: readonly RecentRoom[] = [];
const never = (): (() => void) => () => undefined;

/** Rooms that this browser has been in. */
export function RecentRooms(): ReactNode {
  const rooms = useRecentRooms();
  if (rooms.length === 0) return null;
  return (
    <section className={styles['recent']}>
      <h2>Rooms you have been in</h2>
      <ul>
        {rooms.map(({ room, title, visited }) => (
          <li key={room}>
            <Link href={`/rooms/${room}`}>{title === '' ? 'Untitled room' : title}</Link>
            <time dateTime={new Date(visited).toISOString()}>
              {new Date(visited).toLocaleDateString('en', { day: 'numeric', month: 'long' })}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Storage is read once, in the browser: the server knows nothing of it. */
function useRecentRooms(): readonly RecentRoom[] {
  const known = useSyncExternalStore(never, held(), () => NONE);
  return known;
}

function held(): () => readonly RecentRoom[] {
  let rooms: readonly RecentRoom[] | undefined;
  return () => (rooms ??= recentRooms());
}
