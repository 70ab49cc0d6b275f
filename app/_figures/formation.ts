/** Kept frames → what the figures draw at any step: measured once each, turned so that vectors glide, and blended between. */
import { alignment, canonicalOrientation, transform, type Transform } from '#lib/measure/align';
import { gram } from '#lib/measure/gram';
import { norms } from '#lib/measure/norms';
import { principalAxes, project } from '#lib/measure/project';
import { superposition } from '#lib/measure/superposition';
import type { Shape } from '#lib/model/shape';
import { drawnMatrix, tensorOf, type Frame } from '#lib/runs/frame';
import { between, type CellView } from './cell-view.ts';
import { shapeName } from './shape-name.ts';
import { ease, timelinePosition } from './showing.ts';

/** One model of a frame: its weights, and what is measured of them whatever way it is turned. */
export interface MeasuredCell {
  readonly W: Float32Array;
  readonly shape: Shape;
  readonly view: Omit<CellView, 'points'>;
}

export interface MeasuredFrame {
  readonly step: number;
  readonly cells: readonly MeasuredCell[];
}

export interface KeptViews {
  readonly step: number;
  /** [cells] */
  readonly views: readonly CellView[];
}

/** Frame → measures, each frame once: a timeline only grows. */
export function createMeasure(): (frame: Frame, shape: Shape) => MeasuredFrame {
  const measured = new WeakMap<Frame, MeasuredFrame>();
  return (frame, shape) => {
    const held = measured.get(frame);
    if (held !== undefined) return held;
    const made = measureFrame(frame, shape);
    measured.set(frame, made);
    return made;
  };
}

/** W [cells, n, m], or of an untied model W1, and b [cells, n] */
export function measureFrame(frame: Frame, shape: Shape): MeasuredFrame {
  const { n, m } = shape;
  const W = drawnMatrix(frame)?.data ?? new Float32Array();
  const b = tensorOf(frame, 'b')?.data ?? new Float32Array();
  const cells = Array.from({ length: W.length / (n * m) }, (_, cell) =>
    measureCell(W.subarray(cell * n * m, (cell + 1) * n * m), b.subarray(cell * n, (cell + 1) * n), shape),
  );
  return { step: frame.step, cells };
}

/** W [n, m], b [n] */
export function measureCell(W: Float32Array, b: Float32Array, shape: Shape): MeasuredCell {
  const view = {
    gram: Array.from(gram(W, shape)),
    bias: Array.from(b),
    norms: Array.from(norms(W, shape)),
    superposition: Array.from(superposition(W, shape)),
    shape: once(() => shapeName(W, shape)),
  };
  return { W, shape, view };
}

/** Naming a shape costs more than all the rest: it is done when somebody asks, and once. */
function once(name: () => string): () => string {
  let known: string | undefined;
  return () => (known ??= name());
}

/**
 * Frames → views while a run goes on: each is turned to the one before it, the first as it comes. What was chained before is
 * kept, as frames come one by one, twenty a second.
 */
export function createChain(): (frames: readonly MeasuredFrame[]) => readonly KeptViews[] {
  let chained: readonly MeasuredFrame[] = [];
  let views: readonly KeptViews[] = [];
  return (frames) => {
    const changed = frames.findIndex((frame, k) => frame !== chained[k]);
    const known = views.slice(0, changed === -1 ? frames.length : changed);
    views = [...known, ...chain(frames.slice(known.length), turnToBefore, known.at(-1))];
    chained = frames;
    return views;
  };
}

export const chainFromFirst = (frames: readonly MeasuredFrame[]): readonly KeptViews[] => createChain()(frames);

function turnToBefore({ W, shape }: MeasuredCell, before: Float64Array | null): Float64Array {
  const points = project(W, shape, principalAxes(W, shape));
  return transform(points, alignment(points, before ?? points));
}

/** Once it is over: the last frame stands in the usual orientation, and each is turned to the one after it. */
export function chainToLast(frames: readonly MeasuredFrame[]): readonly KeptViews[] {
  const axes = frames.at(-1)?.cells.map(({ W, shape }) => principalAxes(W, shape)) ?? [];
  const backwards = chain(frames.toReversed(), ({ W, shape }, after, index) => {
    const points = project(W, shape, axes[index] ?? principalAxes(W, shape));
    return transform(points, after === null ? canonicalOrientation(points) : alignment(points, after));
  });
  return backwards.toReversed();
}

type Orient = (cell: MeasuredCell, neighbour: Float64Array | null, index: number) => Float64Array;

function chain(frames: readonly MeasuredFrame[], orient: Orient, before?: KeptViews): readonly KeptViews[] {
  const neighbours: Float64Array[] = before?.views.map(({ points }) => Float64Array.from(points)) ?? [];
  return frames.map(({ step, cells }) => ({
    step,
    views: cells.map((cell, index) => {
      const points = orient(cell, neighbours[index] ?? null, index);
      neighbours[index] = points;
      return { ...cell.view, points: Array.from(points) };
    }),
  }));
}

/** What stands at `step`, between the kept frames beside it: linear in log(step + 1), as they are spaced. */
export function viewsAt(kept: readonly KeptViews[], step: number): readonly CellView[] {
  const index = Math.max(
    0,
    kept.findLastIndex((entry) => entry.step <= step),
  );
  const [before, after] = [kept[index], kept[index + 1]];
  if (before === undefined) return [];
  if (after === undefined) return before.views;
  const [from, to, here] = [before.step, after.step, step].map((s) => timelinePosition(s, after.step));
  const share = ((here ?? 0) - (from ?? 0)) / ((to ?? 1) - (from ?? 0));
  return before.views.map((view, cell) => between(view, after.views[cell] ?? view, share));
}

/** A share `t` of the way from the replica that was shown to the best one: first it becomes it, then it turns as usual. */
export function reveal(shown: readonly CellView[], best: readonly CellView[], t: number): readonly CellView[] {
  if (t <= 0) return shown;
  return shown.map((view, cell) => revealCell(view, best[cell] ?? view, t));
}

/** Of the reveal: the glide; the rest is the turn. */
const GLIDE = 0.6;

function revealCell(shown: CellView, best: CellView, t: number): CellView {
  const points = Float64Array.from(best.points);
  const toShown = alignment(points, Float64Array.from(shown.points));
  const part = partOfTurn(toShown, ease(Math.max(0, (t - GLIDE) / (1 - GLIDE))));
  const turned = { ...best, points: Array.from(transform(points, part)) };
  return between(shown, turned, ease(Math.min(1, t / GLIDE)));
}

/** On the way from an orthogonal `R` (share 0) to the identity (share 1): a rotation turns back, a reflection is turned over like a card. */
export function partOfTurn([xx, xy, yx, yy]: Transform, share: number): Transform {
  const angle = Math.atan2(xy, xx);
  const isRotation = xx * yy - xy * yx > 0;
  if (isRotation) {
    const [c, s] = [Math.cos(angle * (1 - share)), Math.sin(angle * (1 - share))];
    return [c, s, -s, c];
  }
  const [c, s] = [Math.cos(angle / 2), Math.sin(angle / 2)];
  const across = -Math.cos(Math.PI * share);
  return [c * c + across * s * s, (1 - across) * s * c, (1 - across) * s * c, s * s + across * c * c];
}
