/** The loss on samples that are the same for every model and every run (decisions on best replicas): what the exact evaluator cannot enumerate. */
import { streamKey } from '#lib/base/random';
import { sampleBatch } from '#lib/model/data';
import { loss, type TiedModel } from '#lib/model/tied';
import type { Numbers } from '#lib/base/matrix';

export interface EvaluationProblem {
  readonly model: TiedModel;
  /** p = 1 − S */
  readonly density: number;
  /** [n] */
  readonly importance: Float64Array;
  /** The first so many of the fixed samples. */
  readonly samples: number;
}

/** W [n, m], b [n] → mean over samples and features. Engines evaluate on the same samples, the first 65,536 of stream `evaluation`. */
export function evaluationLoss(
  W: Numbers,
  b: Numbers,
  { model, density, importance, samples }: EvaluationProblem,
): number {
  const x = new Float64Array(samples * model.n);
  sampleBatch(x, model.n, streamKey({ seed: 0, cell: 0, replica: 0 }, 'evaluation', 0), density);
  return loss(model, { W: Float64Array.from(W), b: Float64Array.from(b) }, importance, x);
}
