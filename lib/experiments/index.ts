/** The experiments, in the order of the paper. One line each: README.md. */
import type { Parameters } from '#lib/spec/parameters';
import { startOf, type Experiment, type Subject } from './experiment.ts';
import { featureSetClaims } from './claims/feature-sets.ts';
import { geometryClaims } from './claims/geometry.ts';
import { phaseChangeClaims } from './claims/phase-change.ts';
import { phaseChangeThreeClaims } from './claims/phase-change-three.ts';
import { demonstratingSuperposition } from './demonstrating-superposition.ts';
import { introduction } from './introduction.ts';

export const EXPERIMENTS: readonly Experiment[] = [introduction, demonstratingSuperposition];

/** All about which there are claims, in the order of the paper: the experiments, and what no experiment shows yet. */
export const SUBJECTS: readonly Subject[] = [
  introduction,
  demonstratingSuperposition,
  phaseChangeClaims,
  phaseChangeThreeClaims,
  geometryClaims,
  featureSetClaims,
];

export const experimentOf = (key: string): Experiment | undefined =>
  EXPERIMENTS.find((experiment) => experiment.key === key);

/** What a room starts the experiment with. */
export function experimentParameters(key: string): Parameters | undefined {
  const experiment = experimentOf(key);
  return experiment && startOf(experiment);
}
