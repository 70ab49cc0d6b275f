/** Entry of the worker that computes expected losses without sampling: up to a second at twelve features, too long for the page's own thread. */
import { createAnyEvaluator } from '#lib/measure/exact/crowd-loss';
import type { LossEvaluator } from '#lib/measure/exact/expected-loss';
import type { ExactAnswer, ExactQuestion } from './exact-loss.ts';

let evaluator: { readonly name: string; readonly value: LossEvaluator } | null = null;

/** Of weights whose loss the evaluator does not find to its tolerance: NaN. */
function lossOf(of: LossEvaluator, G: Float64Array, b: Float64Array): number {
  try {
    return of.lossOfGram(G, b);
  } catch (error) {
    if (error instanceof RangeError) return NaN;
    throw error;
  }
}

addEventListener('message', ({ data: { id, problem, G, b } }: MessageEvent<ExactQuestion>) => {
  const name = JSON.stringify(problem);
  if (evaluator?.name !== name) evaluator = { name, value: createAnyEvaluator(problem) };
  postMessage({ id, loss: lossOf(evaluator.value, G, b) } satisfies ExactAnswer);
});
