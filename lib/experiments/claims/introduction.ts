/** The paper's first figure, trained: two features, two pairs, a pentagon. */
import { bestModel, type FinishedRun, type Quantity, type StatisticalClaim } from '../claim.ts';
import { atLeast, atMost, equal, furthest, greatest, least, near } from './quantities.ts';
import { describe, type Description } from './shape.ts';

const SECTION = 'Introduction';

/** A claim is about one density. */
const at = (density: number): StatisticalClaim['parameters'] => ({ densities: 1, densityFrom: density });

/** At seven times the rate, falling to zero, it ends in the same minima in a fiftieth of the samples (seeds 1 to 3, all claims). */
const SMALL = { steps: 1_500, batch: 128, replicas: 12, learningRate: 7e-3, schedule: 'linear' } as const;

const described = (run: FinishedRun): Description => describe(bestModel(run, 0), run.spec.model);

/** What the panels of the figure show, at densities 1, .2 and .1: of trained models, and of the optimum (pentagon.ts). */
export const PANELS = {
  orthogonal: ({ lengths, represented, angles, b }: Description): readonly Quantity[] => [
    equal('features represented', represented.length, 2),
    atLeast('shorter of features 0 and 1', least(lengths.slice(0, 2)), 0.9),
    near('their angle', furthest(angles, 90), 90, 2, { unit: '°' }),
    atMost('longest of the others', greatest(lengths.slice(2)), 0.05),
    near('their biases', furthest(b.slice(2), 0.5), 0.5, 0.02),
  ],
  digons: ({ lengths, angles, b }: Description): readonly Quantity[] => [
    near('lengths of features 0 to 3', furthest(lengths.slice(0, 4), 1.01), 1.01, 0.03),
    near('two widest angles', furthest(angles.slice(4), 180), 180, 3, { unit: '°' }),
    near('the four others', furthest(angles.slice(0, 4), 90), 90, 3, { unit: '°' }),
    atMost('length of feature 4', lengths[4] ?? NaN, 0.05),
    near('its bias', b[4] ?? NaN, 0.1, 0.01),
  ],
  pentagon: ({ lengths, represented, angles }: Description): readonly Quantity[] => [
    equal('features represented', represented.length, 5),
    near('their lengths', furthest(lengths, 1.09), 1.09, 0.04),
    near('angles of neighbours', furthest(angles.slice(0, 5), 72), 72, 4, { unit: '°' }),
    near('angles of the others', furthest(angles.slice(5), 144), 144, 8, { unit: '°' }),
  ],
} as const;

const orthogonal: StatisticalClaim = {
  id: 'dense-orthogonal',
  section: SECTION,
  sentence: 'Without sparsity the two most important features are orthogonal and the other three are not represented.',
  kind: 'statistical',
  parameters: at(1),
  // Which two are kept is decided slowly, as the importances differ by a tenth: more steps at a higher rate.
  smallParameters: { ...SMALL, replicas: 2, steps: 4_000, learningRate: 0.02 },
  wrong: { parameters: at(0.1), words: 'trained at density .1' },
  measure: (run) => PANELS.orthogonal(described(run)),
};

const digons: StatisticalClaim = {
  id: 'two-digons',
  section: SECTION,
  sentence: 'At 80% sparsity the four most important features are two antipodal pairs, orthogonal to each other.',
  kind: 'statistical',
  parameters: at(0.2),
  smallParameters: SMALL,
  wrong: { parameters: at(1), words: 'trained at density 1' },
  measure: (run) => PANELS.digons(described(run)),
};

const pentagon: StatisticalClaim = {
  id: 'pentagon',
  section: SECTION,
  sentence: 'At 90% sparsity all five features are represented, as a pentagon.',
  kind: 'statistical',
  parameters: at(0.1),
  smallParameters: SMALL,
  wrong: { parameters: at(0.3), words: 'trained at density .3' },
  measure: (run) => PANELS.pentagon(described(run)),
};

export const INTRODUCTION_CLAIMS = [orthogonal, digons, pentagon] as const;
