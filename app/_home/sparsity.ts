/** The home page's slider: sparser to the right, even in log(p), from always there to one sample in fifty. */
export const SPARSITY_POSITIONS = 100;
const SPARSEST = 0.02;

export const densityAt = (position: number): number =>
  Number((SPARSEST ** (position / SPARSITY_POSITIONS)).toPrecision(3));

export const positionAt = (density: number): number =>
  Math.round((Math.log(density) / Math.log(SPARSEST)) * SPARSITY_POSITIONS);
