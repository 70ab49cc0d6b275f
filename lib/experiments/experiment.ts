/** What an experiment is: a figure of the paper as a value. README.md says how to add one. */
import { rowOf } from '#lib/base/matrix';
import { present } from '#lib/base/assert';
import { DEFAULT_PARAMETERS, type ParameterKey, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';

export interface Experiment {
  /** Stable: rooms and addresses hold it. */
  readonly key: string;
  readonly title: string;
  /** Of the paper. */
  readonly section: string;
  /** One line: what to look for. */
  readonly question: string;
  /** Where it differs from the table's defaults. */
  readonly defaults: Partial<Parameters>;
  /** Offered to people, in this order. */
  readonly controls: readonly ParameterKey[];
  /** The first is the large one. */
  readonly figures: readonly FigureSpec[];
  readonly claims: readonly Claim[];
}

/** strip: one small drawing per cell. directions: the features in the plane. gram: WᵀW and b. norms: ‖W_i‖, coloured by superposition. */
export type FigureSpec = 'strip' | 'directions' | 'gram' | 'norms' | 'loss';

/** A sentence of the paper, or of its re-runs, that a run can be held against. */
export interface Claim {
  readonly id: string;
  readonly section: string;
  readonly sentence: string;
  /** exact: every run must show it. statistical: the best of many replicas does. */
  readonly kind: 'exact' | 'statistical';
  /** Where its run differs from the experiment's. */
  readonly parameters: Partial<Parameters>;
  /** Where its run differs again so that the tests can afford it. */
  readonly smallParameters: Partial<Parameters>;
  readonly test: (run: FinishedRun) => Verdict;
}

export interface Verdict {
  readonly holds: boolean;
  readonly measured: string;
  readonly expected: string;
}

export interface FinishedRun {
  readonly spec: RunSpec;
  /** [I, n, m] */
  readonly W: Float32Array;
  /** [I, n] */
  readonly b: Float32Array;
  /** [I] */
  readonly evaluationLoss: readonly number[];
  /** [cells] which replica stands for the cell. */
  readonly best: readonly { readonly replica: number }[];
}

export type Budget = 'small' | 'full';

export const parametersOf = (experiment: Experiment): Parameters => ({ ...DEFAULT_PARAMETERS, ...experiment.defaults });

/** The run that a claim is held against. */
export const claimSpec = (experiment: Experiment, claim: Claim, budget: Budget): RunSpec =>
  resolve({
    ...parametersOf(experiment),
    ...claim.parameters,
    ...(budget === 'small' ? claim.smallParameters : {}),
  });

/** W [n, m] and b [n] of a cell's best replica. */
export function bestModel({ spec, W, b, best }: FinishedRun, cell: number): { W: Float32Array; b: Float32Array } {
  const { n, m } = spec.model;
  const instance = cell * spec.replicas + present(best[cell], `the best of cell ${cell}`).replica;
  return { W: rowOf(W, instance, n * m), b: rowOf(b, instance, n) };
}
