import { axisLength, valueAt } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';

/** Where the paper's text stands: two features of one importance and a density at which they share. */
const USUAL: Readonly<Partial<Record<Axis['over'], number>>> = { density: 0.1, relativeImportance: 1 };

/** The cell that a diagram begins with: along each axis the nearest to where the paper's text stands, in the logarithm, else the first. */
export const usualCell = ({ axes }: RunSpec): number =>
  axes.reduce((cell, axis) => cell * axisLength(axis) + usualIndex(axis), 0);

function usualIndex(axis: Axis): number {
  const usual = USUAL[axis.over];
  if (usual === undefined) return 0;
  const far = Array.from({ length: axisLength(axis) }, (_, index) =>
    Math.abs(Math.log(valueAt(axis.values, index) / usual)),
  );
  return far.indexOf(Math.min(...far));
}
