/** Two features in one dimension: the paper's phase diagram, density against how much the second feature matters. */
import type { Experiment } from './experiment.ts';
import { DIAGRAM, DIAGRAM_CONTROLS } from './diagram.ts';

export const phaseChange: Experiment = {
  key: 'phase-change',
  title: 'A phase change: two features, one dimension',
  section: 'Superposition as a Phase Change',
  question: 'When is a feature worth storing at the cost of another: alone, together with it, or not at all?',
  defaults: { ...DIAGRAM.defaults, n: 2, m: 1 },
  quick: DIAGRAM.quick,
  controls: DIAGRAM_CONTROLS,
  figures: ['map', 'directions', 'gram', 'norms', 'loss'],
};
