'use client';
/** The right rail: notes, the minutes, and the room's runs. On a narrow screen a drawer, on a phone a sheet. */
import { X } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { IconButton } from '../_controls/icon-button.tsx';
import { RAIL_OVER, useMedia } from '../_controls/media.ts';
import { part } from '../_controls/part.tsx';
import { onEscape, useShortcuts } from '../_room/use-shortcuts.ts';
import { useNoteActions, useNotes } from '../_session/react.tsx';
import { leave, useDesk, useDeskState, type Tab } from './desk.tsx';
import styles from './side-rail.module.css';

export type RailTabs = readonly (readonly [tab: Tab, name: string])[];

const TABS: RailTabs = [
  ['notes', 'Notes'],
  ['minutes', 'Minutes'],
  ['runs', 'Runs'],
];

// A room is joined without them: app/_room/parts.ts has them ready before they are asked for.
const NotesList = part(() => import('./notes-list.tsx').then((module) => module.NotesList));
const Minutes = part(() => import('./minutes.tsx').then((module) => module.Minutes));
const RunsPanel = part(() => import('../_runs/runs-panel.tsx').then((module) => module.RunsPanel));

export const NOTES_ONLY = TABS.slice(0, 1);

const PANELS: Readonly<Record<Tab, ReactNode>> = { notes: <NotesList />, minutes: <Minutes />, runs: <RunsPanel /> };

/** `tabs`: where there is no room, its minutes and runs are not either. */
export function SideRail({ tabs = TABS }: { readonly tabs?: RailTabs }): ReactNode {
  const desk = useDesk();
  const tab = useDeskState((state) => state.tab);
  const { seen } = useNoteActions();
  const threads = useNotes((state) => state.threads);
  useEffect(() => {
    if (tab === 'notes') seen();
  }, [tab, threads, seen]);
  const close = (): void => {
    leave(desk);
    desk.setState({ tab: null, draft: null });
  };
  const isOver = useMedia(RAIL_OVER) && tab !== null;
  const draft = useDeskState((state) => state.draft);
  /** The note that is being written, then the rail. */
  const stepBack = (): void => {
    if (draft === null) close();
    else desk.setState({ draft: null });
  };
  useShortcuts(isOver ? { Escape: stepBack } : {}, true);
  if (tab === null) return null;
  return (
    <>
      <aside
        className={styles['rail']}
        aria-label={TABS.find(([name]) => name === tab)?.[1]}
        data-testid="side-rail"
        data-over={isOver ? '' : undefined}
        onKeyDown={onEscape(stepBack)}
      >
        <div className={styles['head']}>
          <div role="group" aria-label="What the rail shows" className={styles['tabs']}>
            {tabs.map(([name, label]) => (
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
          <IconButton size="large" label="Fold the rail" onClick={close}>
            <X size={16} />
          </IconButton>
        </div>
        <div className={styles['body']}>{PANELS[tab]}</div>
      </aside>
      <div className={styles['scrim']} onClick={close} aria-hidden />
    </>
  );
}
