/** Twenty features of falling importance in five dimensions: the paper's first systematic figure. */
import type { Experiment } from './experiment.ts';

export const demonstratingSuperposition: Experiment = {
  key: 'demonstrating-superposition',
  title: 'Twenty features, five dimensions',
  section: 'Demonstrating Superposition',
  question: 'Which features does the model store beyond its five dimensions as they get sparser, and at whose cost?',
  defaults: {
    n: 20,
    m: 5,
    importanceBase: 0.7,
    densityFrom: 1,
    densityTo: 0.001,
    densities: 7,
    densitySpacing: 'rounded',
    replicas: 8,
  },
  quick: { learningRate: 0.01, schedule: 'linear', batch: 512, steps: 3_000 },
  controls: [
    'output',
    'densityFrom',
    'densityTo',
    'densities',
    'densitySpacing',
    'n',
    'm',
    'importanceBase',
    'initScale',
    'learningRate',
    'schedule',
    'weightDecay',
    'batch',
    'steps',
    'replicas',
    'seed',
  ],
  figures: ['columns', 'gram', 'norms', 'directions', 'loss'],
};
