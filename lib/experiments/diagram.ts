/**
 * What the two phase diagrams have in common: density downwards from 1 to .01, and to the right how much the last feature matters, a
 * tenth to ten times as much as each of the others.
 */
import { cellParameters } from '#lib/spec/cells';
import type { ParameterKey, Parameters } from '#lib/spec/parameters';
import { parametersOfSpec } from '#lib/spec/parameters-of';
import type { RunSpec } from '#lib/spec/spec';
import type { Training } from './training.ts';

interface Diagram {
  readonly defaults: Partial<Parameters>;
  readonly quick: Training;
}

/** Cells along each axis, and models of a cell. */
export interface Resolution {
  readonly side: number;
  readonly replicas: number;
}

/** 32 × 32 × 4 are trained side by side and fill in together; more are a sweep in tiles. The last is the paper's: ten models a cell. */
export const RESOLUTIONS: readonly Resolution[] = [
  { side: 16, replicas: 4 },
  { side: 32, replicas: 4 },
  { side: 64, replicas: 4 },
  { side: 200, replicas: 10 },
];

const RANGES = {
  ...{ densityFrom: 1, densityTo: 0.01 },
  ...{ relativeImportanceFrom: 0.1, relativeImportanceTo: 10 },
};

const sides = ({ side, replicas }: Resolution): Partial<Parameters> => ({
  densities: side,
  relativeImportances: side,
  replicas,
});

/** A range that was drawn together to one value, as of a cell that is explored, is a diagram's again. */
export function resolutionParameters(resolution: Resolution, present: Parameters): Partial<Parameters> {
  const { densityFrom, densityTo, relativeImportanceFrom, relativeImportanceTo } = RANGES;
  return {
    ...sides(resolution),
    ...(present.densityFrom === present.densityTo ? { densityFrom, densityTo } : {}),
    ...(present.relativeImportanceFrom === present.relativeImportanceTo
      ? { relativeImportanceFrom, relativeImportanceTo }
      : {}),
  };
}

export const DIAGRAM: Diagram = {
  defaults: { importanceBase: 1, ...RANGES, ...sides({ side: 32, replicas: 4 }) },
  quick: { learningRate: 0.01, schedule: 'linear', batch: 256, steps: 1_000 },
};

export const DIAGRAM_CONTROLS: readonly ParameterKey[] = [
  ...(['n', 'm', 'output'] as const),
  ...(['densityFrom', 'densityTo', 'densities'] as const),
  ...(['relativeImportanceFrom', 'relativeImportanceTo', 'relativeImportances'] as const),
  ...(['replicas', 'initScale', 'learningRate', 'schedule', 'weightDecay', 'batch', 'steps', 'seed'] as const),
];

/** Replicas of a cell that is trained by itself: one seed shows the wrong figure half of the time. */
const replicasFor = ({ model: { m } }: RunSpec): number => (m <= 2 ? 16 : 8);

/**
 * Parameters of a run of that one cell as the spec's own was trained, whatever they are at present, with more models of it. What it
 * does not depend on is taken from `unsaid`. undefined: no parameters mean it.
 */
export function exploreCell(spec: RunSpec, cell: number, unsaid: Parameters): Parameters | undefined {
  const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
  // Without axes: a list of densities, which no parameters mean, has cells that they do.
  const common = parametersOfSpec({ ...spec, axes: [], replicas: replicasFor(spec) }, unsaid);
  if (common === undefined) return undefined;
  return {
    ...common,
    ...{ densityFrom: density, densityTo: density, densities: 1 },
    ...{ relativeDensityFrom: relativeDensity, relativeDensityTo: relativeDensity, relativeDensities: 1 },
    ...{ relativeImportanceFrom: relativeImportance, relativeImportanceTo: relativeImportance },
    relativeImportances: 1,
    ...(spec.data.kind === 'finite' ? { examplesFrom: examples, examplesTo: examples, exampleCounts: 1 } : {}),
  };
}
