'use client';
import { useEffect, useState, type ReactNode } from 'react';
import { Room } from '../../_room/room.tsx';
import { SessionProvider } from '../../_session/react.tsx';
import type { Session } from '../../_session/session.ts';
import { createFakeSession, type Scene } from '../fake-session.ts';

export function FakeRoom({ scene }: { readonly scene: Scene }): ReactNode {
  const [session, setSession] = useState<Session | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSession(createFakeSession(scene, Date.now()));
    });
    return () => {
      clearTimeout(timer);
    };
  }, [scene]);
  return session === null ? null : (
    <SessionProvider session={session}>
      <Room />
    </SessionProvider>
  );
}
