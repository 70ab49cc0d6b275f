/** A change of a running run in words. */
import { amend, amendAll, type Amendment, type SpecChange } from '#lib/spec/change';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { formatDensity, formatShort } from '../_figures/scales.ts';

/** "S .90 → .80", "η 0.001 → 0.02": what was, and what is from then on. */
export function changeWords(before: RunSpec, change: SpecChange): string {
  const after = amend(before, change);
  return [
    said('S', sparsity(before), sparsity(after)),
    said('importance', importance(before), importance(after)),
    said('η', formatShort(before.optimizer.learningRate), formatShort(after.optimizer.learningRate)),
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** Of each change of a run. */
export const allChangeWords = (spec: RunSpec, amendments: readonly Amendment[]): readonly string[] =>
  amendments.map(({ change }, k) => changeWords(amendAll(spec, amendments.slice(0, k)), change));

const said = (name: string, before: string, after: string): string =>
  before === after ? '' : `${name} ${before} → ${after}`;

/** One model's, or from the densest to the sparsest. */
function sparsity(spec: RunSpec): string {
  const cells = Array.from({ length: cellCount(spec) }, (_, cell) => cellParameters(spec, cell).density);
  const ends = [Math.max(...cells), Math.min(...cells)].map((density) => formatDensity(density).S);
  return [...new Set(ends)].join('–');
}

function importance({ data: { importance: of } }: RunSpec): string {
  return of.kind === 'power' ? `${formatShort(of.base)}^i` : `1 to ${formatShort(of.last)}`;
}
