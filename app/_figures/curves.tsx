'use client';
/** Curves that the exact evaluator gives: what a claim is about, against what is varied, with the place that was measured marked. */
import { memo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Curves as Data } from '#lib/experiments/picture';
import { Drawing } from './drawing.tsx';
import { Figure } from './figure.tsx';
import styles from './figure.module.css';
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

/** px of the axes, and to the right of the last tick. */
const AXIS = { x: 22, y: 46 };
const MARGIN = { top: 8, right: 16 };

interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

function planeOf({ points, scale, guide }: Data, { width, height }: Size): Plane {
  const xs = points.map(([x = NaN]) => x);
  const ys = [...points.flatMap(([, ...values]) => values), ...(guide === undefined ? [] : [guide])].filter(
    Number.isFinite,
  );
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const room = (most - least || 1) * 0.06;
  const [low, high] = [least >= 0 && least < 0.3 * most ? Math.min(0, least) : least - room, most + room];
  const place = (value: number): number =>
    scale === 'log' ? Math.log(value / left) / Math.log(right / left) : (value - left) / (right - left);
  return {
    x: (value) => AXIS.y + place(value) * (width - AXIS.y - MARGIN.right),
    y: (value) => MARGIN.top + ((high - value) / (high - low)) * (height - AXIS.x - MARGIN.top),
    xTicks: scale === 'log' ? decades(left, right) : round(left, right, 6),
    yTicks: round(low, high, 5),
  };
}

/** About `count` round numbers between two. */
function round(from: number, to: number, count: number): readonly number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

/** 1, 2 and 5 of each decade. */
const decades = (from: number, to: number): readonly number[] =>
  [-4, -3, -2, -1, 0, 1, 2]
    .flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)))
    .filter((tick) => tick >= from * 0.999 && tick <= to * 1.001);

interface CurvesDrawingProps extends CurvesProps {
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
  readonly size: Size;
}

function CurvesDrawing({ name, curves, mark, frame = curves, at, onAt, size }: CurvesDrawingProps): ReactNode {
  const plane = planeOf(frame, size);
  const bottom = size.height - AXIS.x;
  const ordered = [...curves.points].sort(([a = 0], [b = 0]) => a - b);
  const point = at === null ? undefined : curves.points[Math.min(at, curves.points.length - 1)];
  return (
    <Drawing
      size={size}
      label={`${name}. ${curves.y} against the ${curves.x}. Arrow keys go along the curves.`}
      onKeyDown={pointKeys(at, onAt, curves.points.length)}
      onLeave={() => {
        onAt(null);
      }}
    >
      {plane.yTicks.map((tick) => (
        <g key={tick}>
          <line
            className={styles['grid']}
            x1={AXIS.y}
            x2={size.width - MARGIN.right}
            y1={plane.y(tick)}
            y2={plane.y(tick)}
          />
          <text
            className={styles['label']}
            x={AXIS.y - 8}
            y={plane.y(tick)}
            textAnchor="end"
            dominantBaseline="central"
          >
            {formatShort(Number(tick.toPrecision(6)))}
          </text>
        </g>
      ))}
      {plane.xTicks.map((tick) => (
        <text key={tick} className={styles['label']} x={plane.x(tick)} y={bottom + 16} textAnchor="middle">
          {formatShort(Number(tick.toPrecision(6)))}
        </text>
      ))}
      <line className={styles['axis']} x1={AXIS.y} x2={size.width - MARGIN.right} y1={bottom} y2={bottom} />
      {curves.guide === undefined ? null : (
        <line
          className={styles['guide']}
          x1={AXIS.y}
          x2={size.width - MARGIN.right}
          y1={plane.y(curves.guide)}
          y2={plane.y(curves.guide)}
        />
      )}
      {mark === null ? null : (
        <line className={styles['found']} x1={plane.x(mark)} x2={plane.x(mark)} y1={MARGIN.top} y2={bottom} />
      )}
      {curves.series.map((series, k) => (
        <g key={series} style={{ stroke: colourOf(k, curves.series.length), fill: colourOf(k, curves.series.length) }}>
          <polyline
            points={ordered.map(([x = 0, ...values]) => `${plane.x(x)},${plane.y(values[k] ?? NaN)}`).join(' ')}
            fill="none"
            strokeWidth={2}
          />
          {ordered.map(([x = 0, ...values]) => (
            <circle key={x} cx={plane.x(x)} cy={plane.y(values[k] ?? NaN)} r={2} stroke="none" />
          ))}
        </g>
      ))}
      {point === undefined ? null : (
        <line
          className={styles['cursor']}
          x1={plane.x(point[0] ?? 0)}
          x2={plane.x(point[0] ?? 0)}
          y1={MARGIN.top}
          y2={bottom}
        />
      )}
    </Drawing>
  );
}

function pointKeys(at: number | null, onAt: (at: number | null) => void, count: number) {
  return (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number | null>> = {
      ArrowRight: at === null ? 0 : Math.min(count - 1, at + 1),
      ArrowLeft: at === null ? count - 1 : Math.max(0, at - 1),
      Home: 0,
      End: count - 1,
    };
    const next = event.key === 'Escape' && at !== null ? null : moves[event.key];
    if (next === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onAt(next);
  };
}
