'use client';
/** Run and its neighbours, and how far the run has come. */
import { Dices, Pause, Play, RotateCcw, SlidersHorizontal, StepForward } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunPlace } from '#lib/runs/record';
import { IconButton } from '../_controls/icon-button.tsx';
import { useSession } from '../_session/react.tsx';
import { InLine } from './in-line.tsx';
import { isGoing, useRunControls } from './run-controls.ts';
import styles from './top-bar.module.css';
import { progressOf, waitingOf } from './words.ts';

interface RunClusterProps {
  readonly place: RunPlace;
  /** On a narrow screen they are behind a button. */
  readonly onParameters: () => void;
}

export function RunCluster({ place, onParameters }: RunClusterProps): ReactNode {
  const controls = useRunControls(place);
  const { allowed, going, label } = controls;
  return (
    <div className={styles['cluster']}>
      <button type="button" className={styles['parameters']} aria-label="Parameters" onClick={onParameters}>
        <SlidersHorizontal size={16} /> <span>Parameters</span>
      </button>
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
      <IconButton
        size="large"
        className={styles['icon'] ?? ''}
        label="One step (.)"
        disabled={!allowed || going}
        onClick={controls.step}
      >
        <StepForward size={16} />
      </IconButton>
      <IconButton
        size="large"
        className={styles['icon'] ?? ''}
        label="Reset, same seed (R)"
        disabled={!allowed}
        onClick={controls.reset}
      >
        <RotateCcw size={16} />
      </IconButton>
      <IconButton
        size="large"
        className={styles['icon'] ?? ''}
        label="New seed (Shift+R)"
        disabled={!allowed}
        onClick={controls.newSeed}
      >
        <Dices size={16} />
      </IconButton>
      <Progress />
    </div>
  );
}

function Progress(): ReactNode {
  const words = useSession((state) =>
    state.run === null ? '' : progressOf(state.run.record, state.run.metrics.at(-1)),
  );
  const waiting = useSession((state) => (state.run === null ? undefined : waitingOf(state.run.record.status)));
  return <span className={styles['progress']}>{waiting === undefined ? words : <InLine waiting={waiting} />}</span>;
}

/** The bar's lower edge fills as the run trains. */
export function ProgressEdge(): ReactNode {
  const share = useSession(({ run }) =>
    run !== null && isGoing(run.record) ? run.record.status.step / run.record.spec.steps : 0,
  );
  return <div className={styles['edge']} style={{ transform: `scaleX(${share})` }} aria-hidden />;
}
