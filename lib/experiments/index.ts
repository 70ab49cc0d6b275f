/** The experiments, in the order of the paper. One line each: README.md. */
import type { Parameters } from '#lib/spec/parameters';
import { parametersOf, type Experiment, type Subject } from './experiment.ts';
import { phaseChangeClaims } from './claims/phase-change.ts';
import { introduction } from './introduction.ts';

export const EXPERIMENTS: readonly Experiment[] = [introduction];

/** All about which there are claims, in the order of the paper: the experiments, and what no experiment shows yet. */
export const SUBJECTS: readonly Subject[] = [introduction, phaseChangeClaims];

export const experimentOf = (key: string): Experiment | undefined =>
  EXPERIMENTS.find((experiment) => experiment.key === key);

/** What the experiment starts with. */
export function experimentParameters(key: string): Parameters | undefined {
  const experiment = experimentOf(key);
  return experiment && parametersOf(experiment);
}
