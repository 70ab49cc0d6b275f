/** What the page and the worker that holds an exact claim say to each other. */
import type { Quantity } from '#lib/experiments/claim';

export interface ClaimRequest {
  readonly experiment: string;
  readonly id: string;
}

export type ClaimReport =
  /** x, then the value of each curve. */
  | { readonly type: 'point'; readonly point: readonly number[] }
  | {
      readonly type: 'held';
      readonly quantities: readonly Quantity[];
      readonly isAsExpected: boolean;
      readonly seconds: number;
    }
  | { readonly type: 'failed'; readonly message: string };
