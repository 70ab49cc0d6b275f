'use client';
/** Training loss against steps, one line per density; both axes logarithmic. The only file that knows Recharts: load it lazily. */
import { memo, type ReactNode } from 'react';
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from 'recharts';
import { Figure, type FigureTable } from './figure.tsx';
import { cellColour, formatCount, formatDensity, formatShort } from './scales.ts';
import type { Size } from './use-size.ts';

export interface LossPoint {
  readonly step: number;
  /** [cells] mean over features */
  readonly loss: readonly number[];
}

interface LossProps {
  readonly points: readonly LossPoint[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  readonly chosen: number;
  /** Of the run: the axis does not move while it trains. */
  readonly steps: number;
  /** The step that the other figures show. */
  readonly shown: number;
  readonly className?: string;
}

export const Loss = memo(function Loss({ className = '', ...props }: LossProps): ReactNode {
  const density = props.densities[props.chosen];
  return (
    <Figure
      className={className}
      testId="loss"
      title="Training loss"
      legend={density === undefined ? '' : `mean over features · S = ${formatDensity(density).S} in colour`}
      table={() => lossTable(props)}
    >
      {(size) => <LossDrawing {...props} size={size} />}
    </Figure>
  );
});

function lossTable({ points, densities }: LossProps): FigureTable {
  return {
    columns: ['step', ...densities.map((density) => `S ${formatDensity(density).S}`)],
    rows: points.map(({ step, loss }) => [formatCount(step), ...loss.map(formatShort)]),
  };
}

function spoken({ points, chosen }: LossProps): string {
  const last = points.at(-1);
  const loss = last?.loss[chosen];
  if (last === undefined || loss === undefined) return 'Training loss: nothing yet.';
  return `Training loss of the chosen model: ${formatShort(loss)} at step ${formatCount(last.step)}.`;
}

const TICK = { fill: 'var(--ink-muted)', fontSize: 11 };
/** px; with the axes' room it is where the playhead finds the plot. */
const MARGIN = { top: 6, right: 12, bottom: 0, left: 0 };
const AXIS = { x: 22, y: 46 };

function LossDrawing({ size, ...props }: LossProps & { readonly size: Size }): ReactNode {
  const { points, densities, chosen, steps, shown } = props;
  const lastStep = Math.max(steps, 10);
  return (
    <div role="img" aria-label={spoken(props)} style={{ position: 'relative' }}>
      <LossChart
        points={logSpaced(points, lastStep)}
        densities={densities}
        chosen={chosen}
        lastStep={lastStep}
        size={size}
      />
      <Playhead position={Math.log(Math.max(1, shown)) / Math.log(lastStep)} size={size} />
    </div>
  );
}

/** The step of the other figures. Not Recharts' own line: it would draw every curve again for every frame. */
function Playhead({ position, size }: { readonly position: number; readonly size: Size }): ReactNode {
  const left = AXIS.y + position * (size.width - AXIS.y - MARGIN.right);
  const height = Math.max(0, size.height - AXIS.x - MARGIN.top);
  return (
    <div style={{ position: 'absolute', left, top: MARGIN.top, width: 1, height, background: 'var(--ink-faint)' }} />
  );
}

interface LossChartProps {
  readonly points: readonly LossPoint[];
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly lastStep: number;
  readonly size: Size;
}

/** Drawn again only when a curve has grown: with every frame, Recharts took most of a core from the training beside it. */
const LossChart = memo(function LossChart({ points, densities, chosen, lastStep, size }: LossChartProps): ReactNode {
  const [lowest, highest] = extent(points.flatMap(({ loss }) => loss));
  const order = densities.map((_, cell) => cell).sort((a, b) => Number(a === chosen) - Number(b === chosen));
  return (
    <LineChart width={size.width} height={size.height} data={[...points]} margin={MARGIN} accessibilityLayer={false}>
      <CartesianGrid stroke="var(--hairline)" vertical={false} />
      <XAxis
        dataKey="step"
        type="number"
        scale="log"
        domain={[1, lastStep]}
        ticks={powersOfTen(1, lastStep)}
        tickFormatter={formatCount}
        allowDataOverflow
        tick={TICK}
        tickLine={false}
        stroke="var(--hairline-strong)"
        height={AXIS.x}
      />
      <YAxis
        type="number"
        scale="log"
        domain={[lowest, highest]}
        ticks={roundTicks(lowest, highest)}
        tickFormatter={formatShort}
        allowDataOverflow
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={AXIS.y}
      />
      {order.map((cell) => (
        <Line
          key={cell}
          dataKey={(point: LossPoint) => positive(point.loss[cell])}
          stroke={cell === chosen ? cellColour(cell, densities.length) : 'var(--hairline-strong)'}
          strokeWidth={cell === chosen ? 2.5 : 1}
          dot={false}
          isAnimationActive={false}
        />
      ))}
    </LineChart>
  );
}, drawsTheSame);

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

/** Points of a curve at most: one for every few pixels. */
const CURVE_POINTS = 160;

/** The first point of each of `CURVE_POINTS` equal stretches of the logarithmic axis; step 0 has no place on it. */
export function logSpaced(points: readonly LossPoint[], lastStep: number): readonly LossPoint[] {
  const stretch = (step: number): number => Math.floor((Math.log(step) / Math.log(lastStep)) * CURVE_POINTS);
  const positiveSteps = points.filter(({ step }) => step > 0);
  return positiveSteps.filter(({ step }, i) => stretch(step) !== stretch(positiveSteps[i - 1]?.step ?? 0));
}

const positive = (loss: number | undefined): number | null => (loss !== undefined && loss > 0 ? loss : null);

/** Of the positive losses, with some air; of a run without any, what a first step might be. */
function extent(losses: readonly number[]): readonly [number, number] {
  const drawn = losses.filter((loss) => loss > 0 && loss < Infinity);
  if (drawn.length === 0) return [0.001, 0.3];
  const lowest = drawn.reduce((least, loss) => Math.min(least, loss));
  const highest = drawn.reduce((most, loss) => Math.max(most, loss));
  return [lowest * 0.9, highest * 1.1];
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
