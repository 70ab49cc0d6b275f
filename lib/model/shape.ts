/** Letters of the paper: n features, m hidden dimensions. W is [n, m], row i belongs to feature i; b is [n]. */
export interface Shape {
  readonly n: number;
  readonly m: number;
}

/** f in x' = f(WᵀW x + b) */
export type OutputActivation = 'relu' | 'linear';
