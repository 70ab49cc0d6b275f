'use client';
/** A phase diagram's cells, a pixel each, within their axes; the chosen one is marked, and the one under a hand. */
import { useMemo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { at } from '#lib/base/matrix';
import type { SweepMap } from '#lib/runs/sweep-frame';
import type { RunSpec } from '#lib/spec/spec';
import { indexAtPlace } from './axis-places.ts';
import styles from './cell-map.module.css';
import { AXIS_WORDS, type Grid } from './cell-words.ts';
import { Drawing } from './drawing.tsx';
import { Ideal, MapAxes } from './map-axes.tsx';
import { frameOf, placeOfCell, type Frame } from './map-places.ts';
import { phaseColour, type PhaseColours } from './phase-colour.ts';
import type { Size } from './use-size.ts';

export interface DrawnMap {
  readonly spec: RunSpec;
  readonly map: SweepMap;
  /** Whose norm and superposition are shown. */
  readonly feature: number;
  readonly chosen: number;
  /** It is only the nearest to what is chosen elsewhere. */
  readonly far?: boolean;
  readonly onChoose: (cell: number) => void;
  /** The ideal strategies' boundaries are drawn over it, where they are known. */
  readonly ideal: boolean;
  /** Cells whose tile is still being trained are pale. */
  readonly pale: boolean;
}

interface MapDrawingProps extends DrawnMap {
  readonly size: Size;
  readonly grid: Grid;
  readonly colours: PhaseColours | null;
  readonly hovered: number | null;
  readonly onHover: (cell: number | null) => void;
}

export function MapDrawing(props: MapDrawingProps): ReactNode {
  const {
    spec,
    map,
    feature,
    chosen,
    onChoose,
    ideal,
    pale,
    size,
    grid,
    colours,
    hovered,
    onHover,
    far = false,
  } = props;
  const alpha = pale ? PALE : 1;
  const picture = useMemo(
    () => pictureOf(map, { n: spec.model.n, feature, alpha, grid, colours }),
    [map, spec, feature, alpha, grid, colours],
  );
  const frame = useMemo(() => frameOf(size, grid), [size, grid]);
  const { left, top, width, height } = frame;
  const cellAt = (event: MouseEvent<SVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = indexAtPlace((event.clientX - box.left) / box.width, grid.columns);
    return indexAtPlace((event.clientY - box.top) / box.height, grid.rows) * grid.columns + column;
  };
  return (
    <Drawing
      size={size}
      label={`Phase diagram of feature ${String(feature + 1)}: ${axesInWords(grid)}. Arrow keys choose a cell.`}
      onKeyDown={(event) => {
        const next = cellByKey(event, chosen, grid);
        if (next === null) return;
        event.preventDefault();
        onHover(null);
        onChoose(next);
      }}
      onLeave={() => {
        onHover(null);
      }}
    >
      <rect x={left} y={top} width={width} height={height} className={styles['ground']} />
      {picture === '' ? null : (
        <image
          href={picture}
          x={left}
          y={top}
          width={width}
          height={height}
          preserveAspectRatio="none"
          style={{ imageRendering: 'pixelated' }}
        />
      )}
      <MapAxes frame={frame} grid={grid} />
      {ideal ? <Ideal spec={spec} frame={frame} grid={grid} /> : null}
      {hovered === null || hovered === chosen ? null : <Mark {...props} frame={frame} cell={hovered} soft />}
      <Mark {...props} frame={frame} cell={chosen} soft={far} />
      <rect
        x={left}
        y={top}
        width={width}
        height={height}
        className={styles['edge']}
        data-testid="cells"
        onPointerMove={(event) => {
          onHover(event.pointerType === 'touch' ? null : cellAt(event));
        }}
        onClick={(event) => {
          onChoose(cellAt(event));
        }}
      />
    </Drawing>
  );
}

const axesInWords = ({ across, down }: Grid): string =>
  [
    ...(across === null ? [] : [`${AXIS_WORDS[across.over]} to the right`]),
    ...down.map(({ over }) => `${AXIS_WORDS[over]} downwards`),
  ].join(', ');

/** Arrows go by one cell, with Shift by an eighth of the side; Home and End to the ends of the row. With Alt, Ctrl or ⌘ they are the browser's. */
function cellByKey(event: KeyboardEvent, cell: number, { columns, rows }: Grid): number | null {
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  if (altKey || ctrlKey || metaKey) return null;
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  const [wide, high] = shiftKey ? [Math.ceil(columns / 8), Math.ceil(rows / 8)] : [1, 1];
  const to = (x: number, y: number): number =>
    Math.min(rows - 1, Math.max(0, y)) * columns + Math.min(columns - 1, Math.max(0, x));
  switch (key) {
    case 'ArrowLeft':
      return to(column - wide, row);
    case 'ArrowRight':
      return to(column + wide, row);
    case 'ArrowUp':
      return to(column, row - high);
    case 'ArrowDown':
      return to(column, row + high);
    case 'Home':
      return to(0, row);
    case 'End':
      return to(columns - 1, row);
    default:
      return null;
  }
}

interface MarkProps extends Pick<MapDrawingProps, 'grid'> {
  readonly frame: Frame;
  readonly cell: number;
  readonly soft?: boolean;
}

/** px: a cell of a fine diagram is smaller than what can be seen */
const SMALLEST_MARK = 9;

/** Paper within ink: seen on every colour. */
function Mark({ frame, grid, cell, soft = false }: MarkProps): ReactNode {
  const { x, y } = placeOfCell(frame, grid, cell);
  const width = Math.max(SMALLEST_MARK, frame.width / grid.columns);
  const height = Math.max(SMALLEST_MARK, frame.height / grid.rows);
  const box = { x: x - width / 2, y: y - height / 2, width, height, rx: 1.5 };
  return (
    <g className={styles['mark']} data-soft={soft ? '' : undefined}>
      <rect {...box} />
      <rect {...box} />
    </g>
  );
}

/** Opacity of a cell that is still being trained. */
const PALE = 0.45;

interface Look {
  readonly n: number;
  readonly feature: number;
  /** Of cells that are still being trained. */
  readonly alpha: number;
  readonly grid: Grid;
  readonly colours: PhaseColours | null;
}

/** A pixel for each cell, as a data URL. */
function pictureOf({ norm, superposition, done }: SweepMap, { n, feature, alpha, grid, colours }: Look): string {
  const { columns, rows } = grid;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext('2d');
  if (context === null || colours === null) return '';
  const image = context.createImageData(columns, rows);
  for (let cell = 0; cell < done.length; cell++) {
    const length = at(norm, cell * n + feature);
    if (Number.isNaN(length)) continue;
    const colour = phaseColour(colours, length, at(superposition, cell * n + feature));
    image.data.set([...colour, 255 * (done[cell] === 1 ? 1 : alpha)], 4 * cell);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
