'use client';
/**
 * A phase diagram: of each cell of two axes the best model's norm and superposition of one feature, a pixel. It fills in as the cells
 * are trained, side by side or tile by tile. One cell is chosen, by a press or with the arrow keys, and shown beside it.
 */
import { memo, useId, useMemo, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { at } from '#lib/base/matrix';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';
import { axisTicks, indexAtPlace, placeOfValue, type Tick } from './axis-places.ts';
import styles from './cell-map.module.css';
import { AXIS_WORDS, cellWords, gridOf, phaseWords, type Grid } from './cell-words.ts';
import { Drawing } from './drawing.tsx';
import { Figure, type Overlay } from './figure.tsx';
import { idealLines, type IdealLine } from './ideal-lines.ts';
import { frameOf, placeOfCell, type Frame } from './map-places.ts';
import { cssColour, phaseColour, usePhaseColours, type PhaseColours } from './phase-colour.ts';
import { PhaseLegend } from './phase-legend.tsx';
import { formatCount, formatShort, formatWeight } from './scales.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface CellMapProps {
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
  /** The best model of each cell is shown, and not the first one; true unless told otherwise. */
  readonly best?: boolean;
  /** Cells; those of the map that are done unless told otherwise. */
  readonly trained?: number;
  /** Over the cells: who else looks at one, and what is said of it. */
  readonly overlay?: Overlay | undefined;
  readonly className?: string;
}

export const CellMap = memo(function CellMap(props: CellMapProps): ReactNode {
  const { spec, map, feature, chosen, pale, best = true, trained, overlay, className = '' } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const colours = usePhaseColours();
  const [cells, done] = [cellCount(spec), trained ?? map.done.reduce((sum, each) => sum + each, 0)];
  const grid = useMemo(() => gridOf(spec), [spec]);
  return (
    <Figure
      className={className}
      testId="cell-map"
      title={<>Feature {feature + 1}</>}
      name="Phase diagram"
      legend={<PhaseLegend colours={colours} />}
      caption={`${best ? 'The best' : 'One'} model of each cell. Grey: feature ${String(feature + 1)} is not stored. Blue: it has a direction for itself. Red: it shares one.${pale && done < cells ? ' Pale: still being trained.' : ''}`}
      said={`${cellWords(spec, chosen)}. ${phaseWords(spec, map, feature, chosen)}. ${formatCount(done)} of ${formatCount(cells)} cells are trained.`}
      table={(most) => tableOf(spec, map, feature, most)}
      overlay={(size) => (
        <>
          {overlay?.(size)}
          {hovered === null ? null : <Tip {...props} cell={hovered} size={size} grid={grid} />}
        </>
      )}
    >
      {(size) => (
        <MapDrawing {...props} size={size} grid={grid} colours={colours} hovered={hovered} onHover={setHovered} />
      )}
    </Figure>
  );
});

function tableOf(spec: RunSpec, map: SweepMap, feature: number, most = Infinity): FigureTable {
  const { n } = spec.model;
  const finite = spec.data.kind === 'finite';
  const trained = Array.from(map.done.keys()).filter((cell) => map.done[cell] === 1);
  const rows = trained.slice(0, most).map((cell) => {
    const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
    const index = cell * n + feature;
    const measures = [at(map.norm, index), at(map.superposition, index), at(map.loss, cell)];
    const parameters = [density, relativeDensity, relativeImportance, ...(finite ? [examples] : [])];
    return [`cell ${String(cell)}`, ...parameters, ...measures];
  });
  const columns = ['p', 'p₁ / p', 'importance', ...(finite ? ['examples'] : []), '‖W‖', 'superposition', 'loss'];
  return {
    columns: [{ name: 'cell' }, ...columns.map((name) => ({ name, format: formatShort }))],
    rows,
    count: trained.length,
  };
}

interface MapDrawingProps extends CellMapProps {
  readonly size: Size;
  readonly grid: Grid;
  readonly colours: PhaseColours | null;
  readonly hovered: number | null;
  readonly onHover: (cell: number | null) => void;
}

function MapDrawing(props: MapDrawingProps): ReactNode {
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
      <Axes frame={frame} grid={grid} />
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

interface AxesProps {
  readonly frame: Frame;
  readonly grid: Grid;
}

/** px between two numbers beside an axis, at least */
const APART = { across: 44, down: 26 };

const Axes = memo(function Axes({ frame: { left, top, width, height }, grid: { across, down } }: AxesProps): ReactNode {
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
const Ideal = memo(function Ideal({ spec, frame, grid }: IdealProps): ReactNode {
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

interface TipProps extends CellMapProps {
  readonly cell: number;
  readonly grid: Grid;
  readonly size: Size;
}

/** px */
const TIP_WIDTH = 232;

function Tip({ spec, map, feature, cell, grid, size }: TipProps): ReactNode {
  const frame = frameOf(size, grid);
  const { x, y } = placeOfCell(frame, grid, cell);
  const index = cell * spec.model.n + feature;
  const [norm, shared, loss, replica] = [map.norm[index], map.superposition[index], map.loss[cell], map.replica[cell]];
  const isKnown = norm !== undefined && !Number.isNaN(norm);
  const across = x + 14 + TIP_WIDTH > size.width ? Math.max(0, x - 14 - TIP_WIDTH) : x + 14;
  return (
    <div
      className={styles['tip']}
      style={{ left: across, top: y, width: TIP_WIDTH, translate: y > size.height / 2 ? '0 -100%' : '0 0' }}
      data-testid="cell-tip"
    >
      <strong>{cellWords(spec, cell)}</strong>
      <span>{phaseWords(spec, map, feature, cell)}</span>
      {isKnown ? (
        <span>
          ‖W{subscript(feature + 1)}‖ = {formatWeight(norm)} · superposition {formatWeight(shared ?? NaN)}
        </span>
      ) : null}
      {loss === undefined || Number.isNaN(loss) ? null : (
        <span>
          loss {formatShort(loss)} · model {(replica ?? 0) + 1} of {spec.replicas}
        </span>
      )}
    </div>
  );
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
const subscript = (n: number): string => Array.from(String(n), (digit) => SUBSCRIPTS[Number(digit)]).join('');

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

/** The colour of one cell, for a chip beside its words; null while nothing is known of it. */
export function colourOfCell(
  { norm, superposition }: SweepMap,
  index: number,
  colours: PhaseColours | null,
): string | null {
  const length = norm[index];
  if (colours === null || length === undefined || Number.isNaN(length)) return null;
  return cssColour(phaseColour(colours, length, superposition[index] ?? 0));
}
