/** The chart of `curves.tsx`: lines over two axes, drawn once. The only file that knows Recharts: load it lazily. */
import type { ReactNode } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import type { Curves as Data } from '#lib/experiments/picture';
import { formatShort } from './scales.ts';
import type { Size } from './use-size.ts';

interface CurvesChartProps {
  readonly curves: Data;
  /** The axes hold these. */
  readonly frame: Data;
  /** x, where it was measured; null: nowhere. */
  readonly mark: number | null;
  /** Of each series. */
  readonly colours: readonly string[];
  /** x, where the keyboard is; null: nowhere. */
  readonly at: number | null;
  readonly size: Size;
}

/** px of the axes, and around the plot. */
const AXIS = { x: 22, y: 46 };
const MARGIN = { top: 8, right: 16, bottom: 0, left: 0 };
const TICK = { fill: 'var(--ink-muted)', fontSize: 11 };

type Point = Data['points'][number];

export function CurvesChart({ curves, colours, frame, mark, at, size }: CurvesChartProps): ReactNode {
  const { x, y, xTicks, yTicks } = axesOf(frame);
  const ordered = [...curves.points].sort(([a = 0], [b = 0]) => a - b);
  return (
    <div aria-hidden>
      <LineChart {...size} data={ordered} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--hairline)" vertical={false} />
        <XAxis
          dataKey={([place = NaN]: Point) => place}
          type="number"
          scale={frame.scale === 'log' ? 'log' : 'linear'}
          domain={x}
          ticks={[...xTicks]}
          interval={0}
          tickFormatter={tickWords}
          allowDataOverflow
          tick={TICK}
          tickLine={false}
          stroke="var(--hairline)"
          height={AXIS.x}
        />
        <YAxis
          type="number"
          domain={y}
          ticks={[...yTicks]}
          interval={0}
          tickFormatter={tickWords}
          allowDataOverflow
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={AXIS.y}
        />
        {curves.guide === undefined ? null : (
          <ReferenceLine y={curves.guide} stroke="var(--hairline-strong)" strokeDasharray="2 4" />
        )}
        {mark === null ? null : (
          <ReferenceLine x={mark} stroke="var(--accent)" strokeWidth={1.5} strokeDasharray="5 4" />
        )}
        {curves.series.map((series, k) => (
          <Line
            key={series}
            dataKey={(point: Point) => point[k + 1] ?? NaN}
            stroke={colours[k] ?? 'none'}
            strokeWidth={2}
            dot={{ r: 2, clipDot: false, fill: colours[k] ?? 'none', stroke: 'none' }}
            isAnimationActive={false}
          />
        ))}
        {at === null ? null : <ReferenceLine x={at} stroke="var(--accent)" strokeWidth={1.5} />}
      </LineChart>
    </div>
  );
}

const tickWords = (tick: number): string => formatShort(Number(tick.toPrecision(6)));

interface Axes {
  readonly x: [number, number];
  readonly y: [number, number];
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

function axesOf({ points, scale, guide }: Data): Axes {
  const xs = points.map(([x = NaN]) => x);
  const ys = [...points.flatMap(([, ...values]) => values), ...(guide === undefined ? [] : [guide])].filter(
    Number.isFinite,
  );
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const room = (most - least || 1) * 0.06;
  const [low, high] = [least >= 0 && least < 0.3 * most ? Math.min(0, least) : least - room, most + room];
  return {
    x: [left, right],
    y: [low, high],
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
