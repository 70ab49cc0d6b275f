/** Letters of the paper: n features, m hidden dimensions. W is [n, m], row i belongs to feature i; b is [n]. */
export interface Shape {
  readonly n: number;
  readonly m: number;
}

/** f of a layer. */
export type Activation = 'relu' | 'linear';

export type OutputActivation = Activation;

/** What the model is asked for: x itself, or |x| (paper, "Computation in superposition"). */
export type Target = 'x' | 'abs';
