/** What a run would start from: the first weights of each cell's shown replica, known before anything is trained. */
import { initialWeights } from '#lib/model/init';
import { linearOptimum } from '#lib/measure/linear-optimum';
import { cellCount, cellParameters, importances, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyView, type CellView } from './cell-view.ts';
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

/** The best linear model of a cell: nothing needs to be trained for it. */
export function linearView(spec: RunSpec, cell: number): CellView {
  const { W, b } = linearOptimum(spec.model, importances(spec, cell), cellParameters(spec, cell).density);
  return chainFromFirst([{ step: 0, cells: [measureCell(W, b, spec.model)] }])[0]?.views[0] ?? emptyView(spec.model.n);
}
