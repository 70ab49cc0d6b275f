/** What a run would start from: the first weights of each cell's shown replica, known before anything is trained. */
import { initialWeights } from '#lib/model/init';
import { cellCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { CellView } from './cell-view.ts';
import { chainFromFirst, measureCell } from './formation.ts';

/** [cells] */
export function startingViews(spec: RunSpec): readonly CellView[] {
  const { model, replicas } = spec;
  const cells = Array.from({ length: cellCount(spec) }, (_, cell) =>
    measureCell(
      initialWeights(model, model.initScale, originOf(spec, cell * replicas)),
      new Float32Array(model.n),
      model,
    ),
  );
  return chainFromFirst([{ step: 0, cells }])[0]?.views ?? [];
}
