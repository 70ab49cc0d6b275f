'use client';
/** A figure's own way to a note: about the feature under the hand there, else about the figure. */
import { MessageSquarePlus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AnchorFigure } from '#lib/room/anchor';
import { can } from '#lib/room/roles';
import { IconButton } from '../_controls/icon-button.tsx';
import { useIsRoom, useRoom } from '../_session/react.tsx';
import { composeOn, useDesk } from './desk.tsx';
import styles from './notes.module.css';

export function FigureNote({ figure, name }: { readonly figure: AnchorFigure; readonly name: string }): ReactNode {
  const desk = useDesk();
  const mayWrite = useRoom((state) => state.me !== null && can(state.me.role, 'edit-notes'));
  // Beside the room there is nothing that others would find again.
  if (!useIsRoom() || !mayWrite) return null;
  return (
    <IconButton
      size="corner"
      className={styles['figureControl'] ?? ''}
      label={`Note on ${name}`}
      title="Note on this figure (C)"
      onClick={() => {
        composeOn(desk, figure);
      }}
    >
      <MessageSquarePlus size={14} />
    </IconButton>
  );
}
