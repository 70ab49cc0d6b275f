'use client';
/** A room of the server: opens its session in this browser, and ends it when one leaves. */
import { useEffect, useState, type ReactNode } from 'react';
import type { RoomId } from '#lib/base/id';
import type { LabView } from '#lib/room/lab';
import { createBrowserHost, createBrowserTrainer } from '../_compute/browser-trainer.ts';
import { takeKey } from '../_session/address.ts';
import { SessionProvider } from '../_session/react.tsx';
import { createSession, type Session } from '../_session/session.ts';
import { stillSession } from '../_session/still.ts';
import { Room } from './room.tsx';

interface LiveRoomProps {
  readonly room: RoomId;
  /** The room's document as it stood when the page was made. */
  readonly glance: LabView | null;
}

export function LiveRoom({ room, glance }: LiveRoomProps): ReactNode {
  return (
    <SessionProvider session={useRoomSession(room, glance)}>
      <Room />
    </SessionProvider>
  );
}

/** Still until the page is alive; then the room itself. */
function useRoomSession(room: RoomId, glance: LabView | null): Session {
  const [session, setSession] = useState(() => stillSession(glance));
  useEffect(() => {
    takeKey(room);
    const trainer = createBrowserTrainer();
    const opened = createSession({
      room,
      origin: location.origin,
      trainer,
      glance,
      host: createBrowserHost,
      now: Date.now,
      random: Math.random,
    });
    // eslint-disable-next-line react-hooks/set-state-in-effect -- a session is a connection: it opens with the page
    setSession(opened);
    return () => {
      opened.actions.close();
      trainer.close();
    };
  }, [room, glance]);
  return session;
}
