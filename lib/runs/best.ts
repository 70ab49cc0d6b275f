/** Which replica stands for a cell, and how many found the same. */
import { present } from '#lib/base/assert';

/** A replica within this of the cell's best evaluation loss "found it": solutions of the paper's models differ by more. */
export const FOUND_TOLERANCE = 0.03;

/** Below this a loss is zero in float32, and a ratio to it means nothing. */
const ZERO_LOSS = 1e-7;

export interface BestReplica {
  /** Index within the cell; ties go to the lowest. */
  readonly replica: number;
  readonly evaluationLoss: number;
  /** Replicas within `FOUND_TOLERANCE` of it, itself counted. */
  readonly found: number;
}

/** evaluationLoss [I], instance = cell · replicas + replica → the best of each cell [cells]. */
export function bestReplicas(evaluationLoss: readonly number[], replicas: number): readonly BestReplica[] {
  const cells = evaluationLoss.length / replicas;
  return Array.from({ length: cells }, (_, cell) =>
    bestOf(evaluationLoss.slice(cell * replicas, (cell + 1) * replicas)),
  );
}

function bestOf(losses: readonly number[]): BestReplica {
  const lowest = losses.reduce((least, loss) => (loss < least ? loss : least), Infinity);
  const replica = Math.max(0, losses.indexOf(lowest));
  const within = lowest * (1 + FOUND_TOLERANCE) + ZERO_LOSS;
  return {
    replica,
    evaluationLoss: present(losses[replica], 'a loss'),
    found: losses.filter((loss) => loss <= within).length,
  };
}
