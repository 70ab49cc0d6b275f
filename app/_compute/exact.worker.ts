/** Entry of the worker that computes expected losses without sampling: up to a second at twelve features, too long for the page's own thread. */
import { createEvaluator, type Evaluator } from '#lib/measure/exact/expected-loss';
import type { ExactAnswer, ExactQuestion } from './exact-loss.ts';

let evaluator: { readonly name: string; readonly value: Evaluator } | null = null;

addEventListener('message', ({ data: { id, problem, W, b } }: MessageEvent<ExactQuestion>) => {
  const name = JSON.stringify(problem);
  if (evaluator?.name !== name) evaluator = { name, value: createEvaluator(problem) };
  postMessage({ id, loss: evaluator.value.loss({ W, b }) } satisfies ExactAnswer);
});
