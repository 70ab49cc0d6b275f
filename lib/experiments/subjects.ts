/** All about which there are claims, in the order of the paper: the experiments with theirs, and what no experiment shows yet. */
import { DEMONSTRATING_CLAIMS } from './claims/demonstrating-superposition.ts';
import { featureSetClaims } from './claims/feature-sets.ts';
import { geometryClaims } from './claims/geometry.ts';
import { INTRODUCTION_CLAIMS } from './claims/introduction.ts';
import { PENTAGON_CLAIMS } from './claims/pentagon.ts';
import { phaseChangeClaims } from './claims/phase-change.ts';
import { phaseChangeThreeClaims } from './claims/phase-change-three.ts';
import { demonstratingSuperposition } from './demonstrating-superposition.ts';
import type { Subject } from './experiment.ts';
import { introduction } from './introduction.ts';

export const SUBJECTS: readonly Subject[] = [
  { ...introduction, claims: [...INTRODUCTION_CLAIMS, ...PENTAGON_CLAIMS] },
  { ...demonstratingSuperposition, claims: DEMONSTRATING_CLAIMS },
  phaseChangeClaims,
  phaseChangeThreeClaims,
  geometryClaims,
  featureSetClaims,
];
