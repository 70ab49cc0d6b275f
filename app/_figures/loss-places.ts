/** The plane of the loss figure: steps and losses, both logarithmic, and where they are. */
import { clamp } from './scales.ts';
import { regionOf, type Pixel, type Places } from './spot.ts';
import type { Size } from './use-size.ts';

export interface LossPoint {
  readonly step: number;
  /** [cells] mean over features */
  readonly loss: readonly number[];
}

/** px; with the axes' room it is where the playhead finds the plot. */
export const MARGIN = { top: 6, right: 20 };
export const AXIS = { x: 22, y: 46 };

interface LossCurves {
  readonly points: readonly LossPoint[];
  /** Of the run. */
  readonly steps: number;
  readonly chosen: number;
}

interface LossPlane extends Size {
  readonly pixel: (step: number, loss: number) => Pixel;
}

/** The plot within a figure of that size, px, and where in it a step and a loss are. */
export function lossPlane([lowest, highest]: readonly [number, number], lastStep: number, size: Size): LossPlane {
  const [width, height] = [size.width - AXIS.y - MARGIN.right, size.height - AXIS.x - MARGIN.top];
  return {
    width,
    height,
    pixel: (step, loss) => ({
      x: AXIS.y + (Math.log(Math.max(1, step)) / Math.log(lastStep)) * width,
      y: MARGIN.top + (Math.log(highest / Math.max(loss, lowest)) / Math.log(highest / lowest)) * height,
    }),
  };
}

/** Step and loss, both logarithmic, and back. */
export function lossPlaces({ points, steps, chosen }: LossCurves, size: Size): Places {
  const lastStep = Math.max(steps, 10);
  const [lowest, highest] = extent(logSpaced(points, lastStep).flatMap(({ loss }) => loss));
  const { pixel, ...plot } = lossPlane([lowest, highest], lastStep, size);
  const stepAt = (x: number): number => Math.round(lastStep ** clamp((x - AXIS.y) / plot.width, 0, 1));
  const data = ({ x, y }: Pixel): Pixel => ({
    x: stepAt(x),
    y: highest * (lowest / highest) ** clamp((y - MARGIN.top) / plot.height, 0, 1),
  });
  const lossAt = (step: number): number => points.findLast((point) => point.step <= step)?.loss[chosen] ?? highest;
  return {
    locate(spot) {
      if (spot.kind === 'step') return spot.step > lastStep ? null : pixel(spot.step, lossAt(spot.step));
      if (spot.kind === 'region') return pixel(spot.to[0], spot.to[1]);
      if (spot.kind !== 'axis') return null;
      return spot.axis === 'x' ? { x: size.width - 28, y: size.height - AXIS.x } : { x: AXIS.y, y: MARGIN.top + 8 };
    },
    pick({ x, y }) {
      if (x < AXIS.y) return { kind: 'axis', axis: 'y' };
      return y > MARGIN.top + plot.height ? { kind: 'axis', axis: 'x' } : { kind: 'step', step: stepAt(x) };
    },
    span: (from, to) => regionOf(data(from), data(to)),
    // Steps are not rounded here: a cursor glides.
    point: ({ x, y }) => ({
      x: lastStep ** ((x - AXIS.y) / plot.width),
      y: highest * (lowest / highest) ** ((y - MARGIN.top) / plot.height),
    }),
    pixel: ({ x, y }) => pixel(x, y),
    outline: (spot) =>
      spot.kind === 'region' ? [pixel(spot.from[0], spot.to[1]), pixel(spot.to[0], spot.from[1])] : null,
  };
}

/** Points of a curve at most: one for every few pixels. */
const CURVE_POINTS = 160;

/** The first point of each of `CURVE_POINTS` equal stretches of the logarithmic axis; step 0 has no place on it. */
export function logSpaced(points: readonly LossPoint[], lastStep: number): readonly LossPoint[] {
  const stretch = (step: number): number => Math.floor((Math.log(step) / Math.log(lastStep)) * CURVE_POINTS);
  const positiveSteps = points.filter(({ step }) => step > 0);
  return positiveSteps.filter(({ step }, i) => stretch(step) !== stretch(positiveSteps[i - 1]?.step ?? 0));
}

/** Of the positive losses, with some air; of a run without any, what a first step might be. */
export function extent(losses: readonly number[]): readonly [number, number] {
  const drawn = losses.filter((loss) => loss > 0 && loss < Infinity);
  if (drawn.length === 0) return [0.001, 0.3];
  const lowest = drawn.reduce((least, loss) => Math.min(least, loss));
  const highest = drawn.reduce((most, loss) => Math.max(most, loss));
  return [lowest * 0.9, highest * 1.1];
}
