'use client';
/** Undo and redo of one's own changes, by press and by key. */
import { Redo2, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
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
      <HistoryButton label="Undo my last change (Ctrl+Z)" disabled={!may.undo} onClick={undo}>
        <Undo2 size={15} />
      </HistoryButton>
      <HistoryButton label="Redo (Ctrl+Shift+Z)" disabled={!may.redo} onClick={redo}>
        <Redo2 size={15} />
      </HistoryButton>
    </span>
  );
}

interface HistoryButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

const HistoryButton = ({ label, disabled, onClick, children }: HistoryButtonProps): ReactNode => (
  <button type="button" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
    {children}
  </button>
);
