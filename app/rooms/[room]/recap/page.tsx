import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { isId, type RoomId } from '#lib/base/id';
import { RecapPage } from '../../../_recap/recap-page.tsx';

interface Props {
  readonly params: Promise<{ readonly room: string }>;
}

export const metadata = { title: 'Recap', robots: { index: false } };

/** /rooms/<id>/recap: for whoever may open the room. */
export default async function RecapRoute({ params }: Props): Promise<ReactNode> {
  const { room } = await params;
  if (!isId(room)) notFound();
  return <RecapPage room={room as RoomId} />;
}
