/** All about which there are claims, in the order of the paper: the experiments with theirs, and what no experiment shows yet. */
import { DEMONSTRATING_CLAIMS } from './claims/demonstrating-superposition.ts';
import { featureSetClaims } from './claims/feature-sets.ts';
import { geometryClaims } from './claims/geometry.ts';
import { INTRODUCTION_CLAIMS } from './claims/introduction.ts';
import { PENTAGON_CLAIMS } from './claims/pentagon.ts';
import { PHASE_CHANGE_CLAIMS } from './claims/phase-change.ts';
import { PHASE_CHANGE_THREE_CLAIMS } from './claims/phase-change-three.ts';
import { demonstratingSuperposition } from './demonstrating-superposition.ts';
import type { Subject } from './experiment.ts';
import { introduction } from './introduction.ts';
import { phaseChange } from './phase-change.ts';
import { phaseChangeThree } from './phase-change-three.ts';

export const SUBJECTS: readonly Subject[] = [
  { ...introduction, claims: [...INTRODUCTION_CLAIMS, ...PENTAGON_CLAIMS] },
  { ...demonstratingSuperposition, claims: DEMONSTRATING_CLAIMS },
  { ...phaseChange, claims: PHASE_CHANGE_CLAIMS },
  { ...phaseChangeThree, claims: PHASE_CHANGE_THREE_CLAIMS },
  geometryClaims,
  featureSetClaims,
];
