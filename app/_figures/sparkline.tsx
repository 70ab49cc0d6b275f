/** One model's loss as a line without axes: enough to see where something happened. */
import type { ReactNode } from 'react';
import styles from './figure.module.css';
import type { LossPoint } from './loss-places.ts';
import { timelinePosition } from './showing.ts';

interface SparklineProps {
  readonly points: readonly LossPoint[];
  readonly cell: number;
  /** Of the run: the line grows along the same track as the playhead. */
  readonly steps: number;
}

/** Side of its own coordinates; it is stretched to whatever room there is. */
const WIDTH = 1_000;
const HEIGHT = 24;

export function Sparkline({ points, cell, steps }: SparklineProps): ReactNode {
  const logs = points.flatMap(({ step, loss }) => {
    const value = loss[cell];
    return value !== undefined && value > 0 ? [{ x: timelinePosition(step, steps) * WIDTH, y: Math.log(value) }] : [];
  });
  const lowest = logs.reduce((least, { y }) => Math.min(least, y), Infinity);
  const highest = logs.reduce((most, { y }) => Math.max(most, y), -Infinity);
  const unit = (HEIGHT - 4) / Math.max(highest - lowest, 1e-9);
  const path = logs.map(({ x, y }) => `${x.toFixed(1)},${(2 + (highest - y) * unit).toFixed(1)}`).join(' ');
  return (
    <svg className={styles['sparkline']} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <polyline points={path} />
    </svg>
  );
}
