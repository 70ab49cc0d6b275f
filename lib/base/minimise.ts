/**
 * A minimum of a smooth function, by limited-memory BFGS (Nocedal 1980) with a bisecting line search for the weak Wolfe
 * conditions (Lewis and Overton 2013), which also makes do with kinks in the gradient. No randomness: the same start ends in the
 * same bits.
 */
import { add, at, dotRows } from './matrix.ts';

/** x [d] → f(x), and its gradient into `gradient` [d]. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  /** [d] */
  readonly x: Float64Array;
  readonly value: number;
  /** Largest entry of the gradient there. */
  readonly slope: number;
  readonly iterations: number;
}

export interface MinimiseOptions {
  /** Done once no entry of the gradient is larger. */
  readonly tolerance?: number;
  readonly iterations?: number;
}

/** Pairs of steps and gradient changes that stand for the curvature. */
const MEMORY = 12;
/** Weak Wolfe: f falls by this share of what the slope promises, and the slope falls to this share. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Bisections of one line search: past them the step is below rounding. */
const BISECTIONS = 40;
/** Relative: a fall below this is rounding. */
const NO_FALL = 4e-16;

export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const { tolerance = 1e-8, iterations = 300 } = options;
  let here = evaluate(objective, start.slice());
  const pairs: Pair[] = [];
  let iteration = 0;
  for (; iteration < iterations && largest(here.gradient) > tolerance; iteration++) {
    let next = searchLine(objective, here, quasiNewton(here.gradient, pairs));
    if (next === undefined && pairs.length > 0) {
      // What was remembered misleads: go straight down once.
      pairs.length = 0;
      next = searchLine(objective, here, quasiNewton(here.gradient, pairs));
    }
    if (next === undefined) break;
    const isOver = here.value - next.value <= NO_FALL * Math.abs(here.value);
    remember(pairs, here, next);
    here = next;
    if (isOver) break;
  }
  return { x: here.x, value: here.value, slope: largest(here.gradient), iterations: iteration };
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** s = x' − x, y = g' − g, ρ = 1 / (s · y). */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

function evaluate(objective: Objective, x: Float64Array): Point {
  const gradient = new Float64Array(x.length);
  return { x, value: objective(x, gradient), gradient };
}

const dot = (a: Float64Array, b: Float64Array): number => dotRows(a, 0, b, 0, a.length);
const largest = (g: Float64Array): number => g.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
const moved = (x: Float64Array, t: number, direction: Float64Array): Float64Array =>
  x.map((value, j) => value + t * at(direction, j));

/** −H g, by the two loops over the pairs. Without pairs, a step of length at most 1 straight down. */
function quasiNewton(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const last = pairs.at(-1);
  if (last === undefined) return gradient.map((entry) => -entry / Math.max(1, Math.sqrt(dot(gradient, gradient))));
  const direction = gradient.map((entry) => -entry);
  const shares = pairs.map(() => 0);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { s, y, rho } = pairs[p] ?? last;
    shares[p] = rho * dot(s, direction);
    y.forEach((entry, j) => add(direction, j, -(shares[p] ?? 0) * entry));
  }
  const scale = 1 / (last.rho * dot(last.y, last.y));
  for (let j = 0; j < direction.length; j++) direction[j] = at(direction, j) * scale;
  pairs.forEach(({ s, y, rho }, p) => {
    const correction = (shares[p] ?? 0) - rho * dot(y, direction);
    s.forEach((entry, j) => add(direction, j, correction * entry));
  });
  return direction;
}

/** A point further down that meets the weak Wolfe conditions, or the lowest on the way; undefined where there is none. */
function searchLine(objective: Objective, here: Point, direction: Float64Array): Point | undefined {
  const slope = dot(here.gradient, direction);
  if (!(slope < 0)) return undefined;
  let [low, high, t] = [0, Infinity, 1];
  let lowest: Point | undefined;
  for (let round = 0; round < BISECTIONS; round++) {
    const point = evaluate(objective, moved(here.x, t, direction));
    if (!(point.value <= here.value + DECREASE * t * slope)) high = t;
    else {
      lowest = point;
      if (dot(point.gradient, direction) >= CURVATURE * slope) return point;
      low = t;
    }
    t = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return lowest;
}

function remember(pairs: Pair[], from: Point, to: Point): void {
  const s = to.x.map((value, j) => value - at(from.x, j));
  const y = to.gradient.map((value, j) => value - at(from.gradient, j));
  const sy = dot(s, y);
  // Only what curves upwards keeps the estimate positive definite.
  if (!(sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  pairs.push({ s, y, rho: 1 / sy });
  if (pairs.length > MEMORY) pairs.shift();
}
