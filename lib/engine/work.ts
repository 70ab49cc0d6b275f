/** What a run costs to train, before it is trained: in the fused kernels' own measure, and in seconds where their pace is known. */
import { costOfEvaluation, costOfStep, type CostOf } from './fused/cost.ts';
import { shapeOf } from './fused/shape.ts';
import { RUN_LIMITS } from '#lib/spec/limits';
import { cellCount } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';

/** Cells beyond which a run is not begun whatever it costs: its work is not added up. */
const MOST_CELLS = RUN_LIMITS.tiles * RUN_LIMITS.instances;

/** Vector instructions of one step of all instances. */
export const workOfStep = (spec: RunSpec): number => workOfModels(spec, costOfStep);

/** Of the evaluation at the end. */
const workOfEvaluation = (spec: RunSpec): number => workOfModels(spec, costOfEvaluation);

function workOfModels(spec: RunSpec, costOf: CostOf): number {
  const cells = cellCount(spec);
  if (cells > MOST_CELLS) return Infinity;
  // What does not change how often a feature is active costs nothing: of a diagram, one column stands for all.
  const counted = spec.window === undefined ? { ...spec, axes: spec.axes.filter(({ over }) => COSTS.has(over)) } : spec;
  return (cells / cellCount(counted)) * workOfCells(counted, costOf);
}

const COSTS: ReadonlySet<Axis['over']> = new Set(['density', 'relativeDensity', 'examples']);

function workOfCells(spec: RunSpec, costOf: CostOf): number {
  const shape = shapeOf(spec);
  let perReplica = 0;
  for (let cell = 0; cell < cellCount(spec); cell++) perReplica += costOf(spec, shape, cell);
  return perReplica * spec.replicas;
}

/** Vector instructions of a whole run, its evaluation included. */
export const workOf = (spec: RunSpec): number => spec.steps * workOfStep(spec) + workOfEvaluation(spec);

/** Vector instructions of the largest run that is begun: two to four days of one core. Nobody waits for more in a room. */
export const MOST_WORK = 1e15;

/** s that a run may take at the pace of the machine that would train it. */
export const LONGEST_S = 4 * 86_400;

/**
 * Why the run is not begun, and what would have to change; undefined where it is. `pace`: vector instructions a second of the
 * machine that is asked, where it was measured (`rehearse.ts`).
 */
export function whyTooLarge(spec: RunSpec, pace = Infinity): string | undefined {
  const most = Math.min(MOST_WORK, pace * LONGEST_S);
  const work = workOf(spec);
  if (work <= most) return undefined;
  const steps = Math.max(0, Math.floor((most - workOfEvaluation(spec)) / workOfStep(spec)));
  const times = Math.ceil(work / most);
  const here = most < MOST_WORK ? ' on a machine of this pace' : '';
  return `This run is ${times} times as long as a run may be${here}: take at most ${steps} steps, or fewer features, hidden dimensions, models or samples a step.`;
}
