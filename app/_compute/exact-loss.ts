/** Expected losses, computed in a worker of their own. */
import type { Problem } from '#lib/measure/exact/expected-loss';

export interface ExactQuestion {
  readonly id: number;
  readonly problem: Problem;
  /** W Wᵀ [n, n] */
  readonly G: Float64Array;
  /** [n] */
  readonly b: Float64Array;
}

export interface ExactAnswer {
  readonly id: number;
  /** Mean over features; NaN where it could not be found. */
  readonly loss: number;
}

export interface ExactLosses {
  /** The newest question is answered; one that waits is forgotten for it. */
  readonly ask: (question: Omit<ExactQuestion, 'id'>, answer: (loss: number) => void) => void;
  readonly close: () => void;
}

export function createExactLosses(): ExactLosses {
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  const worker = new Worker(new URL('./exact.worker.ts', import.meta.url), { type: 'module' });
  let asked = 0;
  let under: { readonly id: number; readonly answer: (loss: number) => void } | null = null;
  let waiting: (() => void) | null = null;
  worker.addEventListener('message', ({ data }: MessageEvent<ExactAnswer>) => {
    if (under?.id !== data.id) return;
    const { answer } = under;
    under = null;
    answer(data.loss);
    const next = waiting;
    waiting = null;
    next?.();
  });
  const send = (question: Omit<ExactQuestion, 'id'>, answer: (loss: number) => void): void => {
    under = { id: ++asked, answer };
    worker.postMessage({ id: asked, ...question } satisfies ExactQuestion);
  };
  return {
    ask(question, answer) {
      if (under === null) send(question, answer);
      else
        waiting = () => {
          send(question, answer);
        };
    },
    close: () => {
      worker.terminate();
    },
  };
}
