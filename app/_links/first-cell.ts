/** The density at which the paper's own figure shows a pentagon. */
const FIRST_DENSITY = 0.1;

/** The model that is shown first. */
export function firstCell(densities: readonly number[]): number {
  const far = (cell: number): number => Math.abs(Math.log((densities[cell] ?? 1) / FIRST_DENSITY));
  return densities.reduce((nearest, _, cell) => (far(cell) < far(nearest) ? cell : nearest), 0);
}
