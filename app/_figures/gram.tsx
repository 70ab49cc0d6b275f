'use client';
/** WᵀW of the paper: how much each feature's output reads of each other feature, with the bias as a strip beside it. */
import { memo, type ReactNode } from 'react';
import { featureCount, type CellView } from './cell-view.ts';
import { Figure, type FigureTable } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, type Highlight } from './highlight.ts';
import { formatWeight, gramColour } from './scales.ts';
import type { Size } from './use-size.ts';

interface GramProps {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly className?: string;
}

export const Gram = memo(function Gram({ view, highlight, className = '' }: GramProps): ReactNode {
  return (
    <Figure
      className={className}
      testId="gram"
      title={
        <>
          W<sup>T</sup>W and bias
        </>
      }
      legend={<GramLegend />}
      table={() => gramTable(view)}
    >
      {(size) => <GramDrawing view={view} highlight={highlight} size={size} />}
    </Figure>
  );
});

function GramLegend(): ReactNode {
  const stops = [-1, -0.5, 0, 0.5, 1].map(gramColour).join(', ');
  return (
    <span className={styles['ramp']}>
      −1 <i style={{ background: `linear-gradient(to right, ${stops})` }} /> 1
    </span>
  );
}

function gramTable(view: CellView): FigureTable {
  const n = featureCount(view);
  const features = Array.from({ length: n }, (_, i) => i);
  return {
    columns: ['', ...features.map((feature) => String(feature + 1)), 'bias'],
    rows: features.map((i) => [
      `feature ${i + 1}`,
      ...features.map((j) => formatWeight(view.gram[i * n + j] ?? 0)),
      formatWeight(view.bias[i] ?? 0),
    ]),
  };
}

/** px of the row numbers, and between matrix and bias */
const LABELS = 18;
const GAP = 10;
/** px: smaller cells go without numbers */
const LABELLED_CELL = 11;

interface Layout {
  readonly n: number;
  readonly cell: number;
  readonly left: number;
  readonly top: number;
  readonly biasLeft: number;
}

function layoutOf(n: number, { width, height }: Size): Layout {
  const cell = Math.max(1, Math.min((width - LABELS - GAP) / (n + 1), height / n));
  const left = LABELS;
  return { n, cell, left, top: 0, biasLeft: left + n * cell + GAP };
}

function GramDrawing({ view, highlight, size }: GramProps & { readonly size: Size }): ReactNode {
  const layout = layoutOf(featureCount(view), size);
  return (
    <svg
      width={size.width}
      height={size.height}
      role="img"
      aria-label={spoken(view)}
      tabIndex={0}
      onKeyDown={featureKeys(highlight, layout.n)}
      onPointerLeave={() => {
        highlight.onActive(null);
      }}
    >
      {view.bias.map((bias, row) => (
        <GramRow key={row} row={row} bias={bias} view={view} layout={layout} highlight={highlight} />
      ))}
      <Marks layout={layout} active={highlight.active} />
    </svg>
  );
}

function spoken(view: CellView): string {
  const n = featureCount(view);
  const apart = view.gram.map((value, k) => (k % (n + 1) === 0 ? 0 : value));
  const strongest = apart.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return `W transposed times W, ${n} by ${n}, and the bias. Strongest interference ${formatWeight(strongest)}.`;
}

interface GramRowProps {
  readonly row: number;
  readonly bias: number;
  readonly view: CellView;
  readonly layout: Layout;
  readonly highlight: Highlight;
}

function GramRow({ row, bias, view, layout, highlight }: GramRowProps): ReactNode {
  const { n, cell, left, top, biasLeft } = layout;
  const y = top + row * cell;
  const values = view.gram.slice(row * n, (row + 1) * n);
  return (
    <g>
      {cell >= LABELLED_CELL ? <RowNumber row={row} x={left - 8} y={y + cell / 2} /> : null}
      {[...values, bias].map((value, column) => (
        <rect
          key={column}
          x={(column < n ? left + column * cell : biasLeft) + 0.5}
          y={y + 0.5}
          width={cell - 1}
          height={cell - 1}
          rx={1}
          style={{ fill: gramColour(value) }}
          onPointerEnter={() => {
            highlight.onActive(row);
          }}
        >
          {highlight.active === row ? <title>{entryName(row, column, n, value)}</title> : null}
        </rect>
      ))}
    </g>
  );
}

function entryName(row: number, column: number, n: number, value: number): string {
  if (column === n) return `bias ${row + 1} = ${formatWeight(value)}`;
  const name = row === column ? `‖W${row + 1}‖²` : `W${row + 1} · W${column + 1}`;
  return `${name} = ${formatWeight(value)}`;
}

function RowNumber({ row, x, y }: { readonly row: number; readonly x: number; readonly y: number }): ReactNode {
  return (
    <text className={styles['label']} x={x} y={y} textAnchor="end" dominantBaseline="central">
      {row + 1}
    </text>
  );
}

/** The highlighted feature's row and bias. */
function Marks({ layout, active }: { readonly layout: Layout; readonly active: number | null }): ReactNode {
  const { n, cell, left, top, biasLeft } = layout;
  if (active === null || active >= n) return null;
  const y = top + active * cell;
  return (
    <g className={styles['mark']}>
      <rect x={left} y={y} width={n * cell} height={cell} rx={2} />
      <rect x={biasLeft} y={y} width={cell} height={cell} rx={2} />
    </g>
  );
}
