'use client';
import { useState, type ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import { LAB_LIMITS } from '#lib/room/limits';
import { People } from '../_people/people.tsx';
import { useRoom, useRoomActions, useSession } from '../_session/react.tsx';
import { EditableText } from './editable-text.tsx';
import { HomeMark } from './home-mark.tsx';
import { ProgressEdge, RunCluster } from './run-cluster.tsx';
import { ShareButton } from './share-sheet.tsx';
import { ThemeButton } from './theme-button.tsx';
import styles from './top-bar.module.css';
import { useClock } from './use-clock.ts';
import { statusOf } from './words.ts';

interface TopBarProps {
  readonly place: RunPlace;
  readonly onParameters: () => void;
}

export function TopBar({ place, onParameters }: TopBarProps): ReactNode {
  return (
    <header className={styles['bar']}>
      <Title />
      <RunCluster place={place} onParameters={onParameters} />
      <div className={styles['company']}>
        <Status />
        <People />
        <ShareButton />
        <ThemeButton />
      </div>
      <ProgressEdge />
    </header>
  );
}

function Title(): ReactNode {
  const title = useRoom((state) => state.title);
  const allowed = useRoom((state) => state.me !== null && can(state.me.role, 'edit-lab'));
  const { edit } = useRoomActions();
  const experiment = useSession((state) => experimentOf(state.item?.experiment ?? ''));
  return (
    <div className={styles['title']}>
      <HomeMark />
      <h1>
        <EditableText
          text={title}
          label="Title of this room"
          length={LAB_LIMITS.title}
          disabled={!allowed}
          onWrite={(written) => {
            edit({ type: 'title', title: written });
          }}
        />
      </h1>
      {experiment === undefined ? null : <span className={styles['section']}>§ {experiment.section}</span>}
    </div>
  );
}

function Status(): ReactNode {
  const connection = useRoom((state) => state.connection);
  const unsaved = useRoom((state) => state.unsaved);
  const me = useRoom((state) => state.me);
  const [edited, setEdited] = useState(false);
  if (me !== null && unsaved > 0 && !edited) setEdited(true);
  const now = useClock(connection.phase === 'reconnecting');
  const [words, tone] = statusOf({ connection, unsaved, me }, edited, now);
  return (
    <span className={styles['status']} data-tone={tone} data-testid="status" role="status">
      {words}
    </span>
  );
}
