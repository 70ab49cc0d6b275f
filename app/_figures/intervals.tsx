'use client';
/** What was measured against what was expected, quantity by quantity: a dot for each seed, a band for the tolerance, a ring for what others say. */
import { memo, useState, type ReactNode } from 'react';
import { formatNumber, type MeasuredQuantity } from '#lib/experiments/ledger';
import { Drawing } from './drawing.tsx';
import { Figure } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, highlightOf } from './highlight.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface IntervalsProps {
  readonly name: string;
  readonly quantities: readonly MeasuredQuantity[];
  readonly className?: string;
}

/** A quantity that is a number, and where it may be. */
interface Interval {
  readonly name: string;
  readonly unit: string;
  readonly measured: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly paper: number | null;
}

/** Names have no place on a line. */
export function intervalsOf(quantities: readonly MeasuredQuantity[]): readonly Interval[] {
  return quantities.flatMap(({ name, unit = '', measured, expected, tolerance, bound, paper }) => {
    const numbers = measured.filter((value) => typeof value === 'number');
    if (typeof expected === 'string' || numbers.length === 0) return [];
    return [
      {
        name,
        unit,
        measured: numbers,
        from: bound === 'at most' ? -Infinity : expected - tolerance,
        to: bound === 'at least' ? Infinity : expected + tolerance,
        paper: typeof paper === 'number' ? paper : null,
      },
    ];
  });
}

export const Intervals = memo(function Intervals({ className = '', name, quantities }: IntervalsProps): ReactNode {
  const [active, setActive] = useState<number | null>(null);
  const intervals = intervalsOf(quantities);
  const highlight = { active, onActive: setActive };
  const hasPaper = intervals.some(({ paper }) => paper !== null);
  return (
    <Figure
      className={className}
      testId="intervals"
      title="Measured"
      name={name}
      caption={`A dot for each measurement, a band for where it is expected${hasPaper ? ', a ring for what it is said to be' : ''}. Each line has a scale of its own.`}
      said={active === null ? '' : words(intervals[active])}
      table={() => intervalsTable(intervals)}
    >
      {(size) => (
        <Drawing
          size={size}
          label={`${name}: measured and expected. Arrow keys go through the quantities.`}
          onKeyDown={featureKeys(highlight, intervals.length)}
          onLeave={() => {
            setActive(null);
          }}
        >
          {intervals.map((interval, row) => (
            <g
              key={row}
              className={styles['row']}
              {...highlightOf(highlight, row)}
              onPointerEnter={() => setActive(row)}
            >
              <Line interval={interval} row={row} rows={intervals.length} size={size} />
            </g>
          ))}
        </Drawing>
      )}
    </Figure>
  );
});

/** "their angle: 89.95 to 90.05°, expected 88 to 92°." */
function words(interval: Interval | undefined): string {
  if (interval === undefined) return '';
  const { name, measured, unit, from, to, paper } = interval;
  const found = range(Math.min(...measured), Math.max(...measured), unit);
  const said = paper === null ? '' : `; it is said to be ${formatNumber(paper)}${unit}`;
  return `${name}: ${found}, expected ${range(from, to, unit)}${said}.`;
}

function range(from: number, to: number, unit: string): string {
  if (from === -Infinity) return `at most ${formatNumber(to)}${unit}`;
  if (to === Infinity) return `at least ${formatNumber(from)}${unit}`;
  return from === to ? `${formatNumber(from)}${unit}` : `${formatNumber(from)} to ${formatNumber(to)}${unit}`;
}

function intervalsTable(intervals: readonly Interval[]): FigureTable {
  const most = Math.max(0, ...intervals.map(({ measured }) => measured.length));
  const seeds = Array.from({ length: most }, (_, k) => (most === 1 ? 'measured' : `measured ${k + 1}`));
  const said = (value: number): number | string => (Number.isFinite(value) ? value : '–');
  return {
    columns: ['quantity', ...seeds, 'from', 'to'].map((name) => ({ name, format: formatNumber })),
    rows: intervals.map(({ name, measured, from, to }) => [
      name,
      ...seeds.map((_, k) => measured[k] ?? '–'),
      said(from),
      said(to),
    ]),
  };
}

/** px: names stand at the left, as wide as they may be. */
const MARGIN = 10;
const nameWidth = (width: number): number => Math.min(300, width * 0.46);

interface LineProps {
  readonly interval: Interval;
  readonly row: number;
  readonly rows: number;
  readonly size: Size;
}

function Line({ interval: { name, measured, from, to, paper }, row, rows, size }: LineProps): ReactNode {
  const [left, right] = [nameWidth(size.width) + MARGIN, size.width - MARGIN];
  const height = size.height / rows;
  const y = (row + 0.5) * height;
  const shown = [...measured, from, to, ...(paper === null ? [] : [paper])].filter(Number.isFinite);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = (most - least || Math.abs(most) || 1) * 0.25;
  const x = (value: number): number =>
    left +
    ((Math.min(most + room, Math.max(least - room, value)) - least + room) / (most - least + 2 * room)) *
      (right - left);
  return (
    <>
      <rect x={0} y={row * height} width={size.width} height={height} fill="transparent" />
      <text className={styles['name']} x={0} y={y} dominantBaseline="central">
        {shortened(name, nameWidth(size.width))}
        <title>{name}</title>
      </text>
      <line className={styles['axis']} x1={left} x2={right} y1={y} y2={y} />
      <rect className={styles['band']} x={x(from)} y={y - 6} width={Math.max(2, x(to) - x(from))} height={12} rx={2} />
      {paper === null ? null : <circle className={styles['paper']} cx={x(paper)} cy={y} r={4.5} />}
      {measured.map((value, k) => (
        <circle
          key={k}
          className={styles['dot']}
          data-off={value >= from - SLACK && value <= to + SLACK ? undefined : ''}
          cx={x(value)}
          cy={y}
          r={3}
        />
      ))}
    </>
  );
}

/** Of rounding. */
const SLACK = 1e-12;
/** px of a letter, about. */
const LETTER = 6.1;

function shortened(text: string, width: number): string {
  const most = Math.floor(width / LETTER);
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
