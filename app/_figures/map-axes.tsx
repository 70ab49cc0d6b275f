'use client';
/** A phase diagram's axes, and the ideal strategies' boundaries between them. */
import { memo, useId, type ReactNode } from 'react';
import type { Axis, RunSpec } from '#lib/spec/spec';
import { axisTicks, placeOfValue, type Tick } from './axis-places.ts';
import styles from './cell-map.module.css';
import { AXIS_WORDS, type Grid } from './cell-words.ts';
import { idealLines, type IdealLine } from './ideal-lines.ts';
import type { Frame } from './map-places.ts';
import { formatShort } from './scales.ts';

interface AxesProps {
  readonly frame: Frame;
  readonly grid: Grid;
}

/** px between two numbers beside an axis, at least */
const APART = { across: 44, down: 26 };

export const MapAxes = memo(function MapAxes({
  frame: { left, top, width, height },
  grid: { across, down },
}: AxesProps): ReactNode {
  const rows = down.length === 1 ? down[0] : undefined;
  const middle = top + height / 2;
  return (
    <g className={styles['axes']}>
      {across === null
        ? null
        : ticksOf(across, width / APART.across).map(({ value, place }) => (
            <g key={value} transform={`translate(${String(left + place * width)} ${String(top + height)})`}>
              <line y2={5} />
              <text y={18} textAnchor="middle">
                {formatShort(value)}
              </text>
            </g>
          ))}
      {across === null ? null : (
        <text x={left + width / 2} y={top + height + 36} textAnchor="middle" className={styles['name']}>
          {AXIS_WORDS[across.over]}
        </text>
      )}
      {rows === undefined
        ? null
        : ticksOf(rows, height / APART.down).map(({ value, place }) => (
            <g key={value} transform={`translate(${String(left)} ${String(top + place * height)})`}>
              <line x2={-5} />
              <text x={-9} y={4} textAnchor="end">
                {formatShort(value)}
              </text>
            </g>
          ))}
      {down.length === 0 ? null : (
        <text transform={`translate(12 ${String(middle)}) rotate(-90)`} textAnchor="middle" className={styles['name']}>
          {down.map(({ over }) => AXIS_WORDS[over]).join(', ')}
        </text>
      )}
    </g>
  );
});

const ticksOf = (axis: Axis, most: number): readonly Tick[] => axisTicks(axis, Math.max(2, Math.floor(most)));

interface IdealProps extends AxesProps {
  readonly spec: RunSpec;
}

/** Cut at the edge of the cells: the curves go on beyond any diagram. */
export const Ideal = memo(function Ideal({ spec, frame, grid }: IdealProps): ReactNode {
  const { left, top, width, height } = frame;
  const edge = useId();
  return (
    <g transform={`translate(${String(left)} ${String(top)})`} clipPath={`url(#${edge})`}>
      <clipPath id={edge}>
        <rect width={width} height={height} />
      </clipPath>
      {idealLines(spec).map((line, k) => (
        <polyline key={k} points={pointsOf(line, grid, frame)} className={styles['ideal']} />
      ))}
    </g>
  );
});

const pointsOf = (line: IdealLine, { across, down }: Grid, { width, height }: Frame): string => {
  const [density] = down;
  if (across === null || density === undefined) return '';
  return line
    .map(([r, p]) => [width * placeOfValue(across, r), height * placeOfValue(density, p)])
    .map(([x = 0, y = 0]) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(' ');
};
