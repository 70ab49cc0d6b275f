'use client';
/** The right rail: notes, and the minutes. On a narrow screen a drawer, on a phone a sheet. */
import { X } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useNoteActions, useNotes } from '../_session/react.tsx';
import { leave, useDesk, useDeskState, type Tab } from './desk.tsx';
import { Minutes } from './minutes.tsx';
import { NotesList } from './notes-list.tsx';
import styles from './side-rail.module.css';

const TABS: readonly (readonly [tab: Tab, name: string])[] = [
  ['notes', 'Notes'],
  ['minutes', 'Minutes'],
];

export function SideRail(): ReactNode {
  const desk = useDesk();
  const tab = useDeskState((state) => state.tab);
  const { seen } = useNoteActions();
  const threads = useNotes((state) => state.threads);
  useEffect(() => {
    if (tab === 'notes') seen();
  }, [tab, threads, seen]);
  if (tab === null) return null;
  const close = (): void => {
    leave(desk);
    desk.setState({ tab: null, draft: null });
  };
  return (
    <>
      <aside
        className={styles['rail']}
        aria-label={tab === 'notes' ? 'Notes' : 'Minutes'}
        data-testid="side-rail"
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
        }}
      >
        <div className={styles['head']}>
          <div role="group" aria-label="What the rail shows" className={styles['tabs']}>
            {TABS.map(([name, label]) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === tab}
                onClick={() => {
                  desk.setState({ tab: name });
                }}
              >
                {label}
              </button>
            ))}
          </div>
          <button type="button" className={styles['close']} aria-label="Fold the rail" onClick={close}>
            <X size={16} />
          </button>
        </div>
        <div className={styles['body']}>{tab === 'notes' ? <NotesList /> : <Minutes />}</div>
      </aside>
      <div className={styles['scrim']} onClick={close} aria-hidden />
    </>
  );
}
