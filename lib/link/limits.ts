import { KEPT_LIMITS } from '#lib/runs/kept';
import { RUN_LIMITS } from '#lib/spec/limits';

/** How large a link may be, and how many there may be: named, with unit and reason. */
export const LINK_LIMITS = {
  /** bytes of its canonical JSON: what a reader downloads before anything moves */
  bytes: 6_000_000,
  /** numbers of its weights: two megabytes. Where all models have more, the best of each cell are kept */
  weights: 500_000,
  /** numbers of a sweep's weights, of which nothing else is kept: a diagram of 200 × 200 models of fifteen numbers, three megabytes */
  sweepWeights: 750_000,
  /** cells, whatever the run: two axes as long as any may be */
  cells: RUN_LIMITS.axis * RUN_LIMITS.axis,
  /** numbers of its timeline that are aimed at: a quarter of a megabyte, thinned until it fits */
  timeline: 60_000,
  /** frames below which the timeline is not thinned for that aim: fewer no longer glide */
  frames: 24,
  /** numbers of its timeline, whatever it takes */
  timelineAtMost: 500_000,
  /** numbers of the frame that a link's page is drawn with: forty kilobytes of its first answer */
  glance: 10_000,
  /** points of the loss curve */
  points: 128,
  /** notes and replies together */
  notes: 200,
  /** characters of its title */
  title: 120,
  /** bytes of a recap's canonical JSON: all of it comes with its page */
  recap: 1_000_000,
  /** runs that a recap tells of: as many as a room keeps, pinned and others */
  recapRuns: KEPT_LIMITS.runs + KEPT_LIMITS.pinned,
  /** vector instructions (lib/engine/work) that training a run once more may take: a quarter of an hour of one core */
  replay: 5e12,
  /** people named as authors */
  authors: 20,
} as const;
