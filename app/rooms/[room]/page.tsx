import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { isId, type RoomId } from '#lib/base/id';
import type { LabView } from '#lib/room/lab';
import { ROOM_HEADER } from '#lib/wire/protocol';
import { LiveRoom } from '../../_room/live-room.tsx';

interface Props {
  readonly params: Promise<{ readonly room: string }>;
}

export const metadata = { title: 'A room' };

export default async function RoomPage({ params }: Props): Promise<ReactNode> {
  const { room } = await params;
  if (!isId(room)) notFound();
  return <LiveRoom room={room as RoomId} glance={await roomGlance()} />;
}

/** The room's document as the server put it on this request; null where there is no such room. */
async function roomGlance(): Promise<LabView | null> {
  const encoded = (await headers()).get(ROOM_HEADER);
  return encoded === null ? null : (JSON.parse(decodeURIComponent(encoded)) as LabView);
}
