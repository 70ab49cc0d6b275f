import { nearestCell } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

/** Where the paper's text stands: two features of one importance and a density at which they share; its own figure of five shows a pentagon there. */
const USUAL = { density: 0.1, relativeImportance: 1 } as const;

/** The cell that is shown first. */
export const usualCell = (spec: RunSpec): number => nearestCell(spec, USUAL);
