/** Five features in two dimensions: the paper's first figure, with the settings of its official notebook, or trained quickly. */
import type { Experiment } from './experiment.ts';
import { QUICK_TRAINING } from './training.ts';

export const introduction: Experiment = {
  key: 'introduction',
  title: 'Five features, two dimensions',
  section: 'Introduction',
  question: 'As features get sparser, how many does the model store in two dimensions, and in which shape?',
  defaults: {},
  quick: QUICK_TRAINING,
  controls: [
    'n',
    'm',
    'output',
    'densityFrom',
    'densityTo',
    'densities',
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
  figures: ['strip', 'directions', 'gram', 'norms', 'loss'],
};
