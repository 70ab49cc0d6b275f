/** What an engine says that trains the paper's first model alone. */
import { modelOf } from '#lib/spec/samples';
import type { Axis, RunSpec } from '#lib/spec/spec';

/**
 * Why the spec is none of tied weights, a linear hidden layer and independent features of one density, in a sentence of `engine`
 * ("The fused engine"); undefined when it is. Importances may differ from cell to cell.
 */
export function whyNotPlain(spec: RunSpec, engine: string): string | undefined {
  const { kind, hidden } = modelOf(spec);
  if (kind === 'untied') return `${engine} takes tied weights, and these are untied.`;
  if (hidden === 'relu') return `${engine} takes a linear hidden layer, and this one has a ReLU.`;
  if (spec.data.kind !== 'independent') return `${engine} takes independent features, and these are ${spec.data.kind}.`;
  if (spec.data.relativeDensity !== undefined || hasAxis(spec, 'relativeDensity'))
    return `${engine} takes features of one density, and here the first has another.`;
  return undefined;
}

export const hasAxis = ({ axes }: RunSpec, over: Axis['over']): boolean => axes.some((axis) => axis.over === over);
