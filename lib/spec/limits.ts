/** What a run may be at most: named, with its unit and the reason. */
export const RUN_LIMITS = {
  /** in all instances, I · (n·m + n) of a tied model, numbers: 16 MB of float32 weights, and twice that again in Adam's moments. */
  weights: 4_000_000,
  /** n, features */
  features: 1_024,
  /** m, hidden dimensions */
  hidden: 256,
  /** optimisation steps: an hour of the largest shape */
  steps: 200_000,
  /** B, samples: the batch of one instance stays in a core's cache */
  batch: 8_192,
  /** T, examples of a finite set: far beyond the number at which a set is as good as fresh samples */
  examples: 65_536,
  /** I, instances of an ordinary run, and of a tile of a sweep */
  instances: 4_096,
  /** tiles of a sweep: each leaves one frame, and a timeline has room for as many */
  tiles: 128,
  /** values of an axis, of a parameter that says how many: a diagram of 256 × 256 is beyond what a screen tells apart */
  axis: 256,
  /** numbers: a model of at most so many is kept of each cell of a sweep, with its frame; of larger ones what they measure alone */
  cellWeights: 256,
  /** replicas of a sweep's cell: a frame says which is the best as a float16, which is exact up to here */
  sweepReplicas: 2_048,
  /** bytes of a tile's frame: with all the others, what a timeline may hold */
  tileFrame: 120_000,
} as const;
