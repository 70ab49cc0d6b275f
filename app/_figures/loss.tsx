'use client';
/** Training loss against steps, one line per density; both axes logarithmic. */
import { memo, useState, type ReactNode } from 'react';
import { Figure, type Overlay } from './figure.tsx';
import styles from './figure.module.css';
import { AXIS, extent, logSpaced, lossPlane, MARGIN, type LossPoint } from './loss-places.ts';
import { pointKeys } from './point-keys.ts';
import { cellColour, formatCount, formatDensity, formatPower, formatShort } from './scales.ts';
import type { Pixel } from './spot.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface LossProps {
  readonly points: readonly LossPoint[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  readonly chosen: number;
  /** Of the run: the axis does not move while it trains. */
  readonly steps: number;
  /** The step that the other figures show. */
  readonly shown: number;
  readonly overlay?: Overlay | undefined;
  readonly title?: ReactNode;
  readonly className?: string;
}

export const Loss = memo(function Loss({
  className = '',
  title = 'Training loss',
  overlay,
  ...props
}: LossProps): ReactNode {
  const density = props.densities[props.chosen];
  // The point of the curve that the keyboard is at.
  const [at, setAt] = useState<number | null>(null);
  return (
    <Figure
      className={className}
      testId="loss"
      overlay={overlay}
      title={title}
      name="Training loss"
      caption="Both axes are logarithmic. A sudden drop is a feature that has found its place."
      said={at === null ? '' : pointWords(props, at)}
      legend={
        density === undefined ? (
          ''
        ) : (
          <>
            <span className={styles['wide']}>mean over features · </span>S = {formatDensity(density).S} in colour
          </>
        )
      }
      table={() => lossTable(props)}
    >
      {(size) => <LossDrawing {...props} at={at} onAt={setAt} size={size} />}
    </Figure>
  );
});

function lossTable({ points, densities }: LossProps): FigureTable {
  return {
    columns: [
      { name: 'step', format: formatCount },
      ...densities.map((density) => ({ name: `S ${formatDensity(density).S}`, format: formatShort })),
    ],
    rows: points.map(({ step, loss }) => [step, ...loss]),
  };
}

/** "Step 1,000: loss 0.0123." */
function pointWords({ points, chosen, steps }: LossProps, at: number): string {
  const point = pointAt(points, steps, at);
  return point === undefined ? '' : `Step ${formatCount(point.step)}: loss ${formatShort(point.loss[chosen] ?? NaN)}.`;
}

const pointAt = (points: readonly LossPoint[], steps: number, at: number): LossPoint | undefined => {
  const drawn = logSpaced(points, lastStepOf(steps));
  return drawn[Math.min(at, drawn.length - 1)];
};

const lastStepOf = (steps: number): number => Math.max(steps, 10);

function spoken({ points, chosen }: LossProps): string {
  const last = points.at(-1);
  const loss = last?.loss[chosen];
  if (last === undefined || loss === undefined) return 'Training loss: nothing yet.';
  return (
    `Training loss of the chosen model: ${formatShort(loss)} at step ${formatCount(last.step)}. ` +
    'Arrow keys go along the curve.'
  );
}

interface LossDrawingProps extends LossProps {
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
  readonly size: Size;
}

function LossDrawing({ size, at, onAt, ...props }: LossDrawingProps): ReactNode {
  const { points, densities, chosen, steps, shown } = props;
  const lastStep = lastStepOf(steps);
  const drawn = logSpaced(points, lastStep);
  const point = at === null ? undefined : pointAt(points, steps, at);
  return (
    <div
      role="application"
      aria-roledescription="figure"
      aria-label={spoken(props)}
      tabIndex={0}
      style={{ position: 'relative' }}
      onKeyDown={pointKeys(at, onAt, drawn.length)}
      onBlur={() => {
        onAt(null);
      }}
    >
      <LossChart points={drawn} densities={densities} chosen={chosen} lastStep={lastStep} size={size} />
      <Mark position={positionOf(shown, lastStep)} size={size} />
      {point === undefined ? null : (
        <Mark
          position={positionOf(point.step, lastStep)}
          size={size}
          words={`${formatCount(point.step)}: ${formatShort(point.loss[chosen] ?? NaN)}`}
        />
      )}
    </div>
  );
}

const positionOf = (step: number, lastStep: number): number => Math.log(Math.max(1, step)) / Math.log(lastStep);

interface MarkProps {
  /** 0 … 1 along the axis */
  readonly position: number;
  readonly size: Size;
  readonly words?: string;
}

/** A step of the curve: where the other figures are, or the keyboard. */
function Mark({ position, size, words }: MarkProps): ReactNode {
  const x = AXIS.y + position * (size.width - AXIS.y - MARGIN.right);
  const isLate = position > 0.6;
  return (
    <svg className={styles['over']} width={size.width} height={size.height} aria-hidden>
      <line
        className={words === undefined ? styles['playhead'] : styles['cursor']}
        x1={x}
        x2={x}
        y1={MARGIN.top}
        y2={Math.max(MARGIN.top, size.height - AXIS.x)}
      />
      {words === undefined ? null : (
        <text className={styles['reading']} x={isLate ? x - 6 : x + 6} y={16} textAnchor={isLate ? 'end' : 'start'}>
          {words}
        </text>
      )}
    </svg>
  );
}

interface LossChartProps {
  readonly points: readonly LossPoint[];
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly lastStep: number;
  readonly size: Size;
}

/**
 * Drawn again only when a curve has grown: what it takes of a core is taken from the training beside it. Plain SVG: of a picture
 * while a run trains, a chart of Recharts took a fifth of the page's time.
 */
const LossChart = memo(function LossChart({ points, densities, chosen, lastStep, size }: LossChartProps): ReactNode {
  const [lowest, highest] = extent(points.flatMap(({ loss }) => loss));
  const { pixel, width, height } = lossPlane([lowest, highest], lastStep, size);
  const order = densities.map((_, cell) => cell).sort((a, b) => Number(a === chosen) - Number(b === chosen));
  const floor = MARGIN.top + height;
  return (
    <svg width={size.width} height={size.height} aria-hidden>
      {withRoom(roundTicks(lowest, highest), height, TICK_ROOM.y).map((loss) => {
        const { y } = pixel(1, loss);
        return (
          <g key={loss}>
            <line className={styles['grid']} x1={AXIS.y} x2={AXIS.y + width} y1={y} y2={y} />
            <text className={styles['label']} x={AXIS.y - 8} y={y} textAnchor="end" dominantBaseline="central">
              {formatPower(loss)}
            </text>
          </g>
        );
      })}
      <line className={styles['floor']} x1={AXIS.y} x2={AXIS.y + width} y1={floor} y2={floor} />
      {withRoom(powersOfTen(1, lastStep), width, TICK_ROOM.x).map((step) => (
        <text key={step} className={styles['label']} x={pixel(step, 1).x} y={size.height - 6} textAnchor="middle">
          {formatCount(step)}
        </text>
      ))}
      {order.map((cell) => (
        <path
          key={cell}
          className={styles['curve']}
          d={curveOf(points, cell, pixel)}
          style={
            cell === chosen
              ? { stroke: cellColour(cell, densities.length), strokeWidth: 2.5 }
              : { stroke: 'var(--hairline-strong)', strokeWidth: 1 }
          }
        />
      ))}
    </svg>
  );
}, drawsTheSame);

/** Interrupted where a loss has no place on a logarithmic axis; a point alone is a dot, as its ends are round. */
function curveOf(points: readonly LossPoint[], cell: number, pixel: (step: number, loss: number) => Pixel): string {
  let pen = 'M';
  return points
    .map(({ step, loss: { [cell]: loss = NaN } }) => {
      const { x, y } = pixel(step, loss);
      const drawn = loss > 0 && loss < Infinity;
      const move = drawn ? `${pen}${x.toFixed(1)} ${y.toFixed(1)}${pen === 'M' ? 'h0' : ''}` : '';
      pen = drawn ? 'L' : 'M';
      return move;
    })
    .join('');
}

function drawsTheSame(before: LossChartProps, after: LossChartProps): boolean {
  return (
    before.points.length === after.points.length &&
    before.points.at(-1) === after.points.at(-1) &&
    before.densities.length === after.densities.length &&
    before.densities.every((density, cell) => density === after.densities[cell]) &&
    before.chosen === after.chosen &&
    before.lastStep === after.lastStep &&
    before.size.width === after.size.width &&
    before.size.height === after.size.height
  );
}

/** px: of "10,000", of a line, and a gap. */
const TICK_ROOM = { x: 40, y: 18 };

/** Every second or third, where all would stand on each other. */
function withRoom(ticks: readonly number[], length: number, room: number): number[] {
  const every = Math.max(1, Math.ceil(((ticks.length - 1) * room) / Math.max(length, room)));
  return ticks.filter((_, k) => (ticks.length - 1 - k) % every === 0);
}

/** Powers of ten, and where there is room between them, their double and fivefold. */
function roundTicks(from: number, to: number): number[] {
  const powers = powersOfTen(from / 10, to);
  const between = to / from > 300 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => between.map((part) => Number((power * part).toPrecision(1))))
    .filter((tick) => tick >= from && tick <= to);
}

function powersOfTen(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from));
  const last = Math.floor(Math.log10(to));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => 10 ** (first + k));
}
