'use client';
/** Undo and redo of one's own changes, by press and by key. */
import { Redo2, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../_controls/icon-button.tsx';
import { mayEdit } from '../_session/may.ts';
import { useActions, useSession } from '../_session/react.tsx';
import styles from './room.module.css';
import { useHistoryKeys } from './use-shortcuts.ts';

export function HistoryButtons(): ReactNode {
  const allowed = useSession(mayEdit);
  const history = useSession((state) => state.history);
  const { undo, redo } = useActions();
  const may = { undo: allowed && history.undo, redo: allowed && history.redo };
  useHistoryKeys({ ...(may.undo ? { undo } : {}), ...(may.redo ? { redo } : {}) });
  return (
    <span className={styles['history']}>
      <IconButton size="middle" label="Undo my last change (Ctrl+Z)" disabled={!may.undo} onClick={undo}>
        <Undo2 size={15} />
      </IconButton>
      <IconButton size="middle" label="Redo (Ctrl+Shift+Z)" disabled={!may.redo} onClick={redo}>
        <Redo2 size={15} />
      </IconButton>
    </span>
  );
}
