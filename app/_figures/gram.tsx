'use client';
/** WᵀW of the paper: how much each feature's output reads of each other feature, with the bias as a strip beside it. */
import { memo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { featureCount, type CellView } from './cell-view.ts';
import { Drawing } from './drawing.tsx';
import { Figure, type Overlay } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, type Highlight } from './highlight.ts';
import { Ramp } from './ramp.tsx';
import { formatWeight, gramColour } from './scales.ts';
import type { Pixel, Places } from './spot.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface GramProps {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly overlay?: Overlay | undefined;
  readonly className?: string;
}

export const Gram = memo(function Gram({ view, highlight, overlay, className = '' }: GramProps): ReactNode {
  // A column of the matrix, or one more for the bias; its row is the feature that all figures point at.
  const [column, setColumn] = useState<number | null>(null);
  const n = featureCount(view);
  const cell = highlight.active === null || column === null || column > n ? null : column;
  return (
    <Figure
      className={className}
      testId="gram"
      overlay={overlay}
      title={
        <>
          W<sup>T</sup>W and bias
        </>
      }
      name="WᵀW and bias"
      legend={<Ramp from={-1} to={1} colour={gramColour} />}
      caption="Off the diagonal, red is interference that adds up; blue is what a ReLU cuts off."
      said={highlight.active === null || highlight.active >= n ? '' : said(view, highlight.active, cell)}
      table={() => gramTable(view)}
    >
      {(size) => <GramDrawing view={view} highlight={highlight} column={cell} onColumn={setColumn} size={size} />}
    </Figure>
  );
});

function gramTable(view: CellView): FigureTable {
  const n = featureCount(view);
  const features = Array.from({ length: n }, (_, i) => i);
  return {
    columns: ['feature', ...features.map((feature) => String(feature + 1)), 'bias'].map((name) => ({ name })),
    rows: features.map((i) => [
      `feature ${i + 1}`,
      ...features.map((j) => view.gram[i * n + j] ?? 0),
      view.bias[i] ?? 0,
    ]),
  };
}

/** px of the row numbers, and between matrix and bias */
const LABELS = 22;
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

export function gramPlaces(view: CellView, size: Size): Places {
  const { n, cell, left, top, biasLeft } = layoutOf(featureCount(view), size);
  const pixel = (row: number, column: number): Pixel => ({
    x: left + (column + 0.5) * cell,
    y: top + (row + 0.5) * cell,
  });
  const entryAt = ({ x, y }: Pixel): readonly [row: number, column: number] | null => {
    const [row, column] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
    if (row < 0 || row >= n || x < left) return null;
    return column < n ? [row, column] : [row, row];
  };
  return {
    locate(spot) {
      if (spot.kind === 'feature') return spot.feature < n ? { x: biasLeft + cell, y: pixel(spot.feature, 0).y } : null;
      if (spot.kind === 'cell') return pixel(0, 0);
      return spot.kind === 'pair' && Math.max(...spot.features) < n ? pixel(...spot.features) : null;
    },
    pick(at) {
      const entry = entryAt(at);
      if (entry === null) return { kind: 'cell' };
      const [row, column] = entry;
      return row === column ? { kind: 'feature', feature: row } : { kind: 'pair', features: [row, column] };
    },
    span: () => null,
    // In entries: the bias follows a gap of its own, and is pointed at to the right of the matrix.
    point: ({ x, y }) => ({ x: (x - left) / cell, y: (y - top) / cell }),
    pixel: ({ x, y }) => ({ x: left + x * cell, y: top + y * cell }),
  };
}

interface GramDrawingProps {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly column: number | null;
  readonly onColumn: (column: number | null) => void;
  readonly size: Size;
}

function GramDrawing({ view, highlight, column, onColumn, size }: GramDrawingProps): ReactNode {
  const layout = layoutOf(featureCount(view), size);
  return (
    <Drawing
      size={size}
      label={spoken(view)}
      onKeyDown={cellKeys(highlight, column, onColumn, layout.n)}
      onLeave={() => {
        highlight.onActive(null);
        onColumn(null);
      }}
    >
      {view.bias.map((bias, row) => (
        <GramRow
          key={row}
          row={row}
          bias={bias}
          view={view}
          layout={layout}
          highlight={highlight}
          onColumn={onColumn}
        />
      ))}
      <Marks layout={layout} active={highlight.active} column={column} />
    </Drawing>
  );
}

/** Up and down go through the rows, as in every figure; left and right through a row's entries and its bias. */
function cellKeys(highlight: Highlight, column: number | null, onColumn: (column: number | null) => void, n: number) {
  const rowKeys = featureKeys(highlight, n);
  return (event: KeyboardEvent): void => {
    const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (across === undefined) {
      if (event.key === 'Escape') onColumn(null);
      rowKeys(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const row = highlight.active ?? 0;
    if (highlight.active === null) highlight.onActive(row);
    onColumn(column === null ? row : (column + across + n + 1) % (n + 1));
  };
}

function said(view: CellView, row: number, column: number | null): string {
  const n = featureCount(view);
  const at = column ?? row;
  return `${entryName(row, at, n, (at === n ? view.bias[row] : view.gram[row * n + at]) ?? 0)}.`;
}

function spoken(view: CellView): string {
  const n = featureCount(view);
  const apart = view.gram.map((value, k) => (k % (n + 1) === 0 ? 0 : value));
  const strongest = apart.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return (
    `W transposed times W, ${n} by ${n}, and the bias. Strongest interference ${formatWeight(strongest)}. ` +
    'Arrow keys go through the entries.'
  );
}

interface GramRowProps {
  readonly row: number;
  readonly bias: number;
  readonly view: CellView;
  readonly layout: Layout;
  readonly highlight: Highlight;
  readonly onColumn: (column: number) => void;
}

function GramRow({ row, bias, view, layout, highlight, onColumn }: GramRowProps): ReactNode {
  const { n, cell, left, top, biasLeft } = layout;
  const y = top + row * cell;
  const values = view.gram.slice(row * n, (row + 1) * n);
  return (
    <g>
      {cell >= LABELLED_CELL ? <RowNumber row={row} x={left - 6} y={y + cell / 2} /> : null}
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
            onColumn(column);
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

interface MarksProps {
  readonly layout: Layout;
  readonly active: number | null;
  readonly column: number | null;
}

/** The highlighted feature's row and bias, and the entry under the hand. */
function Marks({ layout, active, column }: MarksProps): ReactNode {
  const { n, cell, left, top, biasLeft } = layout;
  if (active === null || active >= n) return null;
  const y = top + active * cell;
  return (
    <g className={styles['mark']}>
      <rect x={left} y={y} width={n * cell} height={cell} rx={2} />
      <rect x={biasLeft} y={y} width={cell} height={cell} rx={2} />
      {column === null ? null : (
        <rect
          className={styles['entry']}
          x={(column < n ? left + column * cell : biasLeft) + 1.5}
          y={y + 1.5}
          width={Math.max(1, cell - 3)}
          height={Math.max(1, cell - 3)}
          rx={1}
        />
      )}
    </g>
  );
}
