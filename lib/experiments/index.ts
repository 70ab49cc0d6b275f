/** The experiments, in the order of the paper. One line each: README.md. */
import type { Parameters } from '#lib/spec/parameters';
import { startOf, type Experiment } from './experiment.ts';
import { demonstratingSuperposition } from './demonstrating-superposition.ts';
import { introduction } from './introduction.ts';
import { phaseChange } from './phase-change.ts';
import { phaseChangeThree } from './phase-change-three.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  introduction,
  demonstratingSuperposition,
  phaseChange,
  phaseChangeThree,
];

export const experimentOf = (key: string): Experiment | undefined =>
  EXPERIMENTS.find((experiment) => experiment.key === key);

/** What a room starts the experiment with. */
export function experimentParameters(key: string): Parameters | undefined {
  const experiment = experimentOf(key);
  return experiment && startOf(experiment);
}
