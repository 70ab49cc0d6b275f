/** Three features in two dimensions: the paper's second phase diagram. */
import { DIAGRAM, DIAGRAM_CONTROLS } from './diagram.ts';
import type { Experiment } from './experiment.ts';

export const phaseChangeThree: Experiment = {
  key: 'phase-change-three',
  title: 'A phase change: three features, two dimensions',
  section: 'Superposition as a Phase Change',
  question: 'Which of three features share a dimension, and which has one of its own?',
  defaults: { ...DIAGRAM.defaults, n: 3, m: 2 },
  quick: DIAGRAM.quick,
  controls: DIAGRAM_CONTROLS,
  figures: ['map', 'directions', 'gram', 'norms', 'loss'],
};
