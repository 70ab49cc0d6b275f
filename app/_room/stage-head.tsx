'use client';
/** Over the figures, be they of models or a diagram: what goes on in the room, its agenda, what to look for, and the ways to notes and runs. */
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { GuideLine } from '../_people/guide-line.tsx';
import { PastLine } from '../_runs/past-line.tsx';
import { RunsButton } from '../_runs/runs-button.tsx';
import { useIsRoom, useSession } from '../_session/react.tsx';
import { Agenda } from './agenda.tsx';
import { NotesButton } from './notes-button.tsx';
import { ConnectionBanner } from './notices.tsx';
import styles from './stage-head.module.css';
import { TryButtons, TryLine } from './try-line.tsx';

export function StageHead(): ReactNode {
  const isRoom = useIsRoom();
  return (
    <>
      <ConnectionBanner />
      <GuideLine />
      <TryLine />
      {isRoom ? <Agenda /> : null}
      <div className={styles['head']}>
        <PastLine otherwise={<LookFor />} />
        <div className={styles['ways']}>
          <TryButtons />
          {isRoom ? <RunsButton /> : null}
          <NotesButton />
        </div>
      </div>
    </>
  );
}

function LookFor(): ReactNode {
  const question = useSession((state) => experimentOf(state.item?.experiment ?? '')?.question ?? '');
  return <p className={styles['lookFor']}>{question}</p>;
}
