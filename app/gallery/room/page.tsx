import type { ReactNode } from 'react';
import { SCENES } from '../fake-session.ts';
import { FakeRoom } from './fake-room.tsx';

interface Props {
  readonly searchParams: Promise<{ readonly scene?: string }>;
}

/** /gallery/room?scene=training: the room without a server. */
export default async function GalleryRoomPage({ searchParams }: Props): Promise<ReactNode> {
  const { scene } = await searchParams;
  return <FakeRoom scene={SCENES.find((known) => known === scene) ?? 'finished'} />;
}
