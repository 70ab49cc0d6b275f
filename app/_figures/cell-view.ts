/** One model at one step as the figures draw it: everything is measured, nothing is left to compute. */
import { REPRESENTED_NORM } from '#lib/measure/norms';
import { formatWeight } from './scales.ts';

export interface CellView {
  /** [n, 2] data units: the rows of W where m = 2, else their projection on W's two principal axes. */
  readonly points: readonly number[];
  /** [n, n] WᵀW of the paper: entry (i, j) is W_i · W_j. */
  readonly gram: readonly number[];
  /** [n] */
  readonly bias: readonly number[];
  /** [n] ‖W_i‖ */
  readonly norms: readonly number[];
  /** [n] Σ_{j≠i} (Ŵ_i · W_j)² */
  readonly superposition: readonly number[];
  /** What the represented features form, in words: "pentagon". Worked out when asked for. */
  readonly shape: () => string;
}

export const featureCount = (view: CellView): number => view.norms.length;

export const represented = (view: CellView): readonly number[] =>
  view.norms.flatMap((norm, feature) => (norm > REPRESENTED_NORM ? [feature] : []));

/** Features shorter than this are not stored at all. */
const ABSENT_NORM = 0.1;

/** The mean bias of the features that are not stored, which should be what they are on average, p/2; null where all are. */
export function biasOfOthers({ norms, bias }: CellView): number | null {
  const others = bias.filter((_, feature) => (norms[feature] ?? NaN) < ABSENT_NORM);
  return others.length === 0 ? null : others.reduce((sum, each) => sum + each, 0) / others.length;
}

/** "Feature 2: length 1.10, superposition 0.98, bias −0.21." What is said of the feature under a hand. */
export function featureWords(view: CellView, feature: number | null): string {
  if (feature === null || feature >= featureCount(view)) return '';
  const [norm, shared, bias] = [view.norms, view.superposition, view.bias].map((of) => formatWeight(of[feature] ?? 0));
  return `Feature ${feature + 1}: length ${norm ?? ''}, superposition ${shared ?? ''}, bias ${bias ?? ''}.`;
}

/** A share `t` of the way from one view to another: every number glides, the name changes half-way. */
export function between(from: CellView, to: CellView, t: number): CellView {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const mix = (a: readonly number[], b: readonly number[]): readonly number[] =>
    a.map((value, i) => value + ((b[i] ?? value) - value) * t);
  return {
    points: mix(from.points, to.points),
    gram: mix(from.gram, to.gram),
    bias: mix(from.bias, to.bias),
    norms: mix(from.norms, to.norms),
    superposition: mix(from.superposition, to.superposition),
    shape: t < 0.5 ? from.shape : to.shape,
  };
}

/** A model of n features of which nothing is known yet. */
export function emptyView(n: number): CellView {
  const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);
  return {
    points: zeros(2 * n),
    gram: zeros(n * n),
    bias: zeros(n),
    norms: zeros(n),
    superposition: zeros(n),
    shape: () => '',
  };
}
