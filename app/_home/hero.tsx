'use client';
/** The introduction's figure, forming before the reader's eyes: real training, in this browser, at a sparsity anyone may change. */
import { useState, type ReactNode } from 'react';
import type { Frame } from '#lib/runs/frame';
import { emptyTimeline } from '#lib/runs/timeline';
import { emptyView, type CellView } from '../_figures/cell-view.ts';
import { Directions } from '../_figures/directions.tsx';
import { formatDensity } from '../_figures/scales.ts';
import { useShowing, type Formation } from '../_figures/use-showing.ts';
import { densityAt, positionAt, SPARSITY_POSITIONS } from './sparsity.ts';
import styles from './home.module.css';
import { useBestRun, type Formed } from './use-best-run.ts';

/** Where the paper's own figure shows a pentagon. */
const FIRST_DENSITY = 0.1;

export function Hero(): ReactNode {
  const [position, setPosition] = useState(positionAt(FIRST_DENSITY));
  const [active, setActive] = useState<number | null>(null);
  const density = densityAt(position);
  const formed = useBestRun(density);
  const shown = useShowing(formationOf(formed), null, Date.now);
  const view = shown?.views[0] ?? null;
  return (
    <section className={styles['hero']} aria-label="The introduction’s figure, trained in this browser">
      <Directions
        view={view ?? emptyView(0)}
        highlight={{ active, onActive: setActive }}
        title="Feature directions"
        legend={shown === null ? 'training…' : `step ${Math.round(shown.step).toLocaleString('en-US')}`}
        className={styles['figure'] ?? ''}
      />
      <Result view={view} formed={formed} settled={shown?.moving === false} />
      <SparsitySlider position={position} density={density} onPosition={setPosition} />
    </section>
  );
}

function formationOf(formed: Formed | null): Formation | null {
  if (formed === null) return null;
  const { id, startedAt, run } = formed;
  const untold = { paused: false, timeline: emptyTimeline<Frame>(), latest: null };
  return { ...untold, id, startedAt, spec: run.spec, bestTimeline: run.timeline };
}

interface ResultProps {
  readonly view: CellView | null;
  readonly formed: Formed | null;
  readonly settled: boolean;
}

function Result({ view, formed, settled }: ResultProps): ReactNode {
  if (view === null || formed === null) return <p className={styles['result']} />;
  const { best, spec, seconds } = formed.run;
  const name = view.shape();
  return (
    <p className={styles['result']}>
      <strong key={name}>{name}</strong>
      <span data-settled={settled ? '' : undefined}>
        {best.found} of {spec.replicas} models found it, in {seconds.toFixed(1)} s
      </span>
    </p>
  );
}

interface SparsitySliderProps {
  readonly position: number;
  readonly density: number;
  readonly onPosition: (position: number) => void;
}

function SparsitySlider({ position, density, onPosition }: SparsitySliderProps): ReactNode {
  const { S, p } = formatDensity(density);
  return (
    <label className={styles['sparsity']}>
      <span className={styles['sparsityWords']}>
        <span>Sparsity</span>
        <span>
          <i>S</i> = {S}, <i>p</i> = {p}
        </span>
      </span>
      <input
        type="range"
        min={0}
        max={SPARSITY_POSITIONS}
        value={position}
        style={{ '--share': position / SPARSITY_POSITIONS } as React.CSSProperties}
        aria-valuetext={`S = ${S}`}
        onChange={(event) => {
          onPosition(event.currentTarget.valueAsNumber);
        }}
      />
      <span className={styles['ends']}>
        <span>every feature always there</span>
        <span>each one rarely</span>
      </span>
    </label>
  );
}
