'use client';
/** The middle of the room where its run is a sweep: a map of its cells, which fills in as they are trained. There are too many models for the other figures. */
import { useMemo, useState, type ReactNode } from 'react';
import type { RunPlace } from '#lib/runs/record';
import { sweepMap } from '#lib/runs/sweep-frame';
import { checkRun } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { CellMap } from '../_figures/cell-map.tsx';
import { GuideLine } from '../_people/guide-line.tsx';
import { PastLine } from '../_runs/past-line.tsx';
import { RunsButton } from '../_runs/runs-button.tsx';
import { useIsRoom } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { Agenda } from './agenda.tsx';
import { FigureBoundary } from './figure-boundary.tsx';
import { ConnectionBanner, Notices } from './notices.tsx';
import { RunLine } from './run-line.tsx';
import styles from './sweep-stage.module.css';
import { TryButtons, TryLine } from './try-line.tsx';

interface SweepStageProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
}

/** Features that can be chosen: of more, a map of each is nothing that anyone looks through. */
const CHOICES = 24;

export function SweepStage({ spec, run, place, onPlace }: SweepStageProps): ReactNode {
  const { n } = spec.model;
  const isRoom = useIsRoom();
  const [chosen, setChosen] = useState<number | null>(null);
  const feature = Math.min(chosen ?? n - 1, n - 1);
  // What everybody's parameters say may be more than a room runs, or than a page can hold.
  const checked = useMemo(() => checkRun(spec), [spec]);
  return (
    <main className={styles['stage']} data-testid="sweep">
      <ConnectionBanner />
      <GuideLine />
      <TryLine />
      {isRoom ? <Agenda /> : null}
      <div className={styles['head']}>
        <PastLine
          otherwise={
            <p className={styles['lookFor']}>Where is the feature stored, and where does it share its direction?</p>
          }
        />
        <div className={styles['rails']}>
          <TryButtons />
          {isRoom ? <RunsButton /> : null}
        </div>
      </div>
      <label className={styles['choice']}>
        Feature{' '}
        <select
          value={feature}
          onChange={({ target }) => {
            setChosen(Number(target.value));
          }}
        >
          {Array.from({ length: Math.min(n, CHOICES) }, (_, each) => (
            <option key={each} value={each}>
              {each + 1}
            </option>
          ))}
          {feature >= CHOICES ? <option value={feature}>{feature + 1}</option> : null}
        </select>
      </label>
      {checked.ok ? (
        <FigureBoundary>
          <SweepFigure spec={spec} run={run} feature={feature} />
        </FigureBoundary>
      ) : (
        <p className={styles['refused']} role="status">
          {checked.error.message}
        </p>
      )}
      <Notices />
      <RunLine run={run} place={place} onPlace={onPlace} cell={0} best={false} />
    </main>
  );
}

interface SweepFigureProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly feature: number;
}

function SweepFigure({ spec, run, feature }: SweepFigureProps): ReactNode {
  const kept = run?.timeline;
  const latest = run?.latest ?? null;
  const map = useMemo(
    () =>
      sweepMap(spec, [
        ...(latest === null || latest.kept ? [] : [latest]),
        ...(kept?.entries ?? []).map(({ frame }) => frame),
      ]),
    [spec, kept, latest],
  );
  return <CellMap className={styles['map'] ?? ''} spec={spec} map={map} feature={feature} />;
}
