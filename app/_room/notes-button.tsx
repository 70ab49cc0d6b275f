'use client';
import type { ReactNode } from 'react';
import { RailButton } from '../_annotations/rail-button.tsx';
import { useNotes } from '../_session/react.tsx';
import { useStandpoint } from './standpoint.tsx';

/** A link's notes come along; without a room there are no others. */
export function NotesButton(): ReactNode {
  const { at } = useStandpoint();
  const none = useNotes((state) => state.threads.length === 0);
  return at === 'solo' && none ? null : <RailButton />;
}
