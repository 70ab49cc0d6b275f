'use client';
import { Dices, Pause, Play, RotateCcw, SlidersHorizontal, StepForward } from 'lucide-react';
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import { LAB_LIMITS } from '#lib/room/limits';
import { People } from '../_people/people.tsx';
import { useRoom, useRoomActions, useSession } from '../_session/react.tsx';
import { isGoing, useRunControls } from './run-controls.ts';
import { EditableText } from './editable-text.tsx';
import { ShareButton } from './share-sheet.tsx';
import { ThemeButton } from './theme-button.tsx';
import styles from './top-bar.module.css';
import { useClock } from './use-clock.ts';
import { progressOf, statusOf } from './words.ts';

interface TopBarProps {
  readonly place: RunPlace;
  readonly onParameters: () => void;
}

export function TopBar({ place, onParameters }: TopBarProps): ReactNode {
  return (
    <header className={styles['bar']}>
      <Title />
      <RunCluster place={place}>
        <button type="button" className={styles['parameters']} onClick={onParameters}>
          <SlidersHorizontal size={16} /> <span>Parameters</span>
        </button>
      </RunCluster>
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
      <Link href="/" className={styles['home']} aria-label="Polytope, home">
        <Mark />
      </Link>
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

/** The house's sign: a pentagon and its five directions. */
function Mark(): ReactNode {
  const corners = [0, 1, 2, 3, 4].map((k) => {
    const angle = Math.PI / 2 + (k * 2 * Math.PI) / 5;
    return [10 + 8 * Math.cos(angle), 10.6 - 8 * Math.sin(angle)].map((value) => value.toFixed(2));
  });
  return (
    <svg
      width={20}
      height={20}
      viewBox="0 0 20 20"
      aria-hidden
      stroke="currentColor"
      fill="none"
      strokeLinejoin="round"
    >
      <polygon points={corners.map((corner) => corner.join(',')).join(' ')} strokeWidth={1.5} />
      {corners.map(([x, y]) => (
        <line key={x} x1={10} y1={10.6} x2={x} y2={y} strokeWidth={1} opacity={0.55} />
      ))}
    </svg>
  );
}

function RunCluster({ place, children }: { readonly place: RunPlace; readonly children: ReactNode }): ReactNode {
  const controls = useRunControls(place);
  const { allowed, going, label } = controls;
  return (
    <div className={styles['cluster']}>
      {children}
      <button
        type="button"
        className={styles['run']}
        data-testid={going ? 'pause-button' : 'run-button'}
        disabled={!allowed}
        title={`${label} (space)`}
        onClick={controls.toggle}
      >
        {going ? <Pause size={15} fill="currentColor" /> : <Play size={15} fill="currentColor" />}
        {label}
      </button>
      <IconButton label="One step (.)" disabled={!allowed || going} onClick={controls.step}>
        <StepForward size={16} />
      </IconButton>
      <IconButton label="Reset, same seed (R)" disabled={!allowed} onClick={controls.reset}>
        <RotateCcw size={16} />
      </IconButton>
      <IconButton label="New seed (Shift+R)" disabled={!allowed} onClick={controls.newSeed}>
        <Dices size={16} />
      </IconButton>
      <Progress />
    </div>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function IconButton({ label, disabled, onClick, children }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={styles['icon']}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Progress(): ReactNode {
  const words = useSession((state) =>
    state.run === null ? '' : progressOf(state.run.record, state.run.metrics.at(-1)),
  );
  return <span className={styles['progress']}>{words}</span>;
}

/** The bar's lower edge fills as the run trains. */
function ProgressEdge(): ReactNode {
  const share = useSession(({ run }) =>
    run !== null && isGoing(run.record) ? run.record.status.step / run.record.spec.steps : 0,
  );
  return <div className={styles['edge']} style={{ transform: `scaleX(${share})` }} aria-hidden />;
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
