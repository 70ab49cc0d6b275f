/** Entry of the worker that computes expected losses without sampling: up to a second at twelve features, too long for the page's own thread. */
import { createAnyEvaluator } from '#lib/measure/exact/crowd-loss';
import type { LossEvaluator } from '#lib/measure/exact/expected-loss';
import type { ExactAnswer, ExactQuestion } from './exact-loss.ts';

let evaluator: { readonly name: string; readonly value: LossEvaluator } | null = null;

addEventListener('message', ({ data: { id, problem, G, b } }: MessageEvent<ExactQuestion>) => {
  const name = JSON.stringify(problem);
  if (evaluator?.name !== name) evaluator = { name, value: createAnyEvaluator(problem) };
  postMessage({ id, loss: evaluator.value.lossOfGram(G, b) } satisfies ExactAnswer);
});
