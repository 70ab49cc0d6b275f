/** Between a page and the worker that verifies: one link, one verdict. */
import type { Link } from '#lib/link/link';
import type { Verdict } from '#lib/link/verify';

/** shown: the models that the link shows, where it carries a portable engine. all: the whole run. Of a sweep cells, ascending. */
export type Scope = 'shown' | 'all' | readonly number[];

export interface VerifyRequest {
  readonly link: Link;
  readonly scope: Scope;
}

export type VerifyReply =
  | { readonly type: 'step'; readonly step: number }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'failed'; readonly message: string };

/** Rejects with a sentence for people, also where it is stopped. */
export type Verify = (
  link: Link,
  scope: Scope,
  progress: (step: number) => void,
  stop: AbortSignal,
) => Promise<Verdict>;

/** A worker for one verdict: it ends with it. */
export const verifyIn =
  (start: () => Worker): Verify =>
  (link, scope, progress, stop) =>
    new Promise((resolve, reject) => {
      const worker = start();
      stop.addEventListener('abort', () => {
        worker.terminate();
        reject(new Error('It was stopped.'));
      });
      worker.addEventListener('message', ({ data }: MessageEvent<VerifyReply>) => {
        if (data.type === 'step') {
          progress(data.step);
          return;
        }
        worker.terminate();
        if (data.type === 'verdict') resolve(data.verdict);
        else reject(new Error(data.message));
      });
      worker.addEventListener('error', ({ message }) => {
        worker.terminate();
        reject(new Error(message === '' ? 'The browser could not start the verifier.' : message));
      });
      worker.postMessage({ link, scope } satisfies VerifyRequest);
    });
