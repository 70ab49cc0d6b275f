/** The paper's first model, which is most of what is trained, and what has ways of its own for it alone. */
import { modelOf } from '#lib/spec/samples';
import type { Axis, RunSpec } from '#lib/spec/spec';

/** Tied weights, a linear hidden layer, and independent features of one density. Importances may differ from cell to cell. */
export function isPlain(spec: RunSpec): boolean {
  const { kind, hidden } = modelOf(spec);
  return kind === 'tied' && hidden === 'linear' && spec.data.kind === 'independent' && !isUneven(spec);
}

/** The features of a model may differ in density. */
export const isUneven = (spec: RunSpec): boolean =>
  spec.data.relativeDensity !== undefined || hasAxis(spec, 'relativeDensity');

export const hasAxis = ({ axes }: RunSpec, over: Axis['over']): boolean => axes.some((axis) => axis.over === over);
