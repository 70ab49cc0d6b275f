/** What an experiment is: a figure of the paper as a value. README.md says how to add one. */
import { DEFAULT_PARAMETERS, type ParameterKey, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import type { Training } from './training.ts';
import type { Budget, Claim, StatisticalClaim } from './claim.ts';

/** Something of the paper. */
interface Topic {
  /** Stable: rooms and addresses hold it. */
  readonly key: string;
  readonly title: string;
  /** Of the paper. */
  readonly section: string;
  /** One line: what to look for. */
  readonly question: string;
}

/** Something of the paper about which there are claims, whether or not an experiment shows it. */
export interface Subject extends Topic {
  readonly claims: readonly Claim[];
}

/** Without its claims, which are the larger part by far: a room shows the one and not the other. */
export interface Experiment extends Topic {
  /** Where it differs from the table's defaults, which are the notebook's. */
  readonly defaults: Partial<Parameters>;
  /** What a room trains it with unless told otherwise: the same best models, sooner. */
  readonly quick: Training;
  /** Offered to people, in this order. */
  readonly controls: readonly ParameterKey[];
  /** columns, map or strip: how all models stand side by side. */
  readonly figures: readonly FigureSpec[];
}

export const isExperiment = (subject: Subject): subject is Subject & Experiment => 'figures' in subject;

/** strip: one small drawing per cell. columns: the same as matrices, beside a linear model. map: a pixel per cell of two axes. directions: the features in the plane. gram: WᵀW and b. norms: ‖W_i‖, coloured by superposition. */
export type FigureSpec = 'strip' | 'columns' | 'map' | 'directions' | 'gram' | 'norms' | 'loss';

/** As the paper has it. */
export const parametersOf = (experiment: Experiment): Parameters => ({ ...DEFAULT_PARAMETERS, ...experiment.defaults });

/** As a room begins with it. */
export const startOf = (experiment: Experiment): Parameters => ({ ...parametersOf(experiment), ...experiment.quick });

/** The run that a claim is held against; with `wrong`, one that should not show it. */
export const claimSpec = (
  experiment: Experiment,
  claim: StatisticalClaim,
  budget: Budget,
  seed: number,
  wrong: Partial<Parameters> = {},
): RunSpec =>
  resolve({
    ...parametersOf(experiment),
    ...claim.parameters,
    ...(budget === 'small' ? claim.smallParameters : {}),
    ...wrong,
    seed,
  });
