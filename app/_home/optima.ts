/** Optima to look at: found once, when the page is first asked for, by descent from the shape that each is known to take. */
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { setsOf, uniformLaw } from '#lib/measure/exact/law';
import { descendFrom, withBias } from '#lib/measure/exact/optimum';
import { polygon } from '#lib/measure/regular';
import { norms } from '#lib/measure/norms';
import { emptyView, type CellView } from '../_figures/cell-view.ts';

/** A model in the plane, and what it is. */
export interface Picture {
  readonly words: string;
  readonly view: CellView;
}

/** W [n, 2], b [n] of the optimum that `start` leads to. */
function optimum(problem: Problem, start: Parameters<typeof descendFrom>[1]): CellView {
  const { W } = descendFrom(createEvaluator(problem), start);
  return { ...emptyView(problem.model.n), points: [...W], norms: [...norms(W, problem.model)] };
}

const fiveInTwo = (p: number): Problem => ({
  model: { n: 5, m: 2, output: 'relu' },
  law: uniformLaw(5, p),
  importance: [1, 0.9, 0.81, 0.729, 0.6561],
});

const pairs = (count: number, p: number): Problem => ({
  model: { n: 2 * count, m: 2, output: 'relu' },
  law: setsOf('correlated', count, 2, p),
  importance: new Array<number>(2 * count).fill(1),
});

const upright = (rows: readonly number[], bias: number): Parameters<typeof descendFrom>[1] =>
  withBias(Float64Array.from(rows), rows.length / 2, bias);

/** By the key of their subject. */
export const OPTIMA: Readonly<Record<string, readonly Picture[]>> = {
  introduction: [
    { words: 'p = 1', view: optimum(fiveInTwo(1), upright([0, 1, 1, 0, 0, 0, 0, 0, 0, 0], 0.1)) },
    { words: 'p = .2', view: optimum(fiveInTwo(0.2), upright([0, 1, 1, 0, -1, 0, 0, -1, 0, 0], 0.01)) },
    { words: 'p = .1', view: optimum(fiveInTwo(0.1), withBias(polygon(5, 1.1).W, 5, -0.2)) },
  ],
  'feature-sets': [
    { words: 'two pairs', view: optimum(pairs(2, 0.05), upright([0, 1, 1, 0, 0, -1, -1, 0], 0)) },
    { words: 'three pairs', view: optimum(pairs(3, 0.02), withBias(polygon(6).W, 6, -0.1)) },
    { words: 'collapsed', view: optimum(pairs(3, 0.55), withBias(collapsed(), 6, 0.1)) },
  ],
};

/** Three directions, two features each. */
function collapsed(): Float64Array {
  const { W } = polygon(3, 0.65);
  return Float64Array.from(
    [0, 1, 2].flatMap((i) => [...W.subarray(2 * i, 2 * i + 2), ...W.subarray(2 * i, 2 * i + 2)]),
  );
}
