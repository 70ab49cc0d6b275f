'use client';
/** Curves that the exact evaluator gives: what a claim is about, against what is varied, with the place that was measured marked. */
import { memo, useState, type ReactNode } from 'react';
import type { Curves as Data } from '#lib/experiments/picture';
import { part } from '../_controls/part.tsx';
import { Figure } from './figure.tsx';
import styles from './figure.module.css';
import { pointKeys } from './point-keys.ts';
import { featureColour, formatShort } from './scales.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface CurvesProps {
  readonly name: string;
  readonly curves: Data;
  /** x, where it was measured; null: nowhere. */
  readonly mark: number | null;
  /** The axes hold these too: what is still to come does not move them. */
  readonly frame?: Data;
  readonly className?: string;
}

const CurvesChart = part(() => import('./curves-chart.tsx').then((module) => module.CurvesChart));

export const Curves = memo(function Curves({ className = '', ...props }: CurvesProps): ReactNode {
  const { name, curves, mark } = props;
  const [at, setAt] = useState<number | null>(null);
  const marked = mark === null ? '' : ` The line is at ${formatShort(mark)}, where it was found.`;
  return (
    <Figure
      className={className}
      testId="curves"
      title={<>{curves.y}</>}
      name={name}
      legend={curves.series.length > 1 ? <Keys series={curves.series} /> : ''}
      caption={`Against the ${curves.x}, computed without sampling.${marked}`}
      said={at === null ? '' : pointWords(curves, at)}
      table={() => curvesTable(curves)}
    >
      {(size) => <CurvesDrawing {...props} at={at} onAt={setAt} size={size} />}
    </Figure>
  );
});

/** Violet first; the pale end is for none. */
const colourOf = (series: number, count: number): string => featureColour(count - series, count + 1);

function Keys({ series }: { readonly series: readonly string[] }): ReactNode {
  return (
    <span className={styles['keys']}>
      {series.map((name, k) => (
        <span key={name}>
          <svg width={8} height={8} aria-hidden>
            <rect width={8} height={8} rx={2} style={{ fill: colourOf(k, series.length) }} />
          </svg>
          <span>{name}</span>
        </span>
      ))}
    </span>
  );
}

function curvesTable({ x, series, points }: Data): FigureTable {
  return { columns: [x, ...series].map((name) => ({ name, format: formatShort })), rows: points };
}

/** "density p 0.225: pentagon 1.00." */
function pointWords({ x, series, points }: Data, at: number): string {
  const [where = NaN, ...values] = points[Math.min(at, points.length - 1)] ?? [];
  return `${x} ${formatShort(where)}: ${series.map((name, k) => `${name} ${formatShort(values[k] ?? NaN)}`).join(', ')}.`;
}

interface CurvesDrawingProps extends CurvesProps {
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
  readonly size: Size;
}

function CurvesDrawing({ name, curves, mark, frame = curves, at, onAt, size }: CurvesDrawingProps): ReactNode {
  const point = at === null ? undefined : curves.points[Math.min(at, curves.points.length - 1)];
  const colours = curves.series.map((_, k) => colourOf(k, curves.series.length));
  return (
    <div
      role="application"
      aria-roledescription="figure"
      aria-label={`${name}. ${curves.y} against the ${curves.x}. Arrow keys go along the curves.`}
      tabIndex={0}
      onKeyDown={pointKeys(at, onAt, curves.points.length)}
      onPointerLeave={() => {
        onAt(null);
      }}
    >
      <CurvesChart curves={curves} colours={colours} frame={frame} mark={mark} at={point?.[0] ?? null} size={size} />
    </div>
  );
}
