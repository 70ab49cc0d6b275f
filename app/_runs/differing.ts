/** In how many cells of two diagrams a feature has come to something else. */
import type { SweepMap } from '#lib/runs/sweep-frame';
import { sameAxes } from '#lib/spec/cell-across';
import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { phaseOf, type Phase } from '../_figures/cell-words.ts';
import { formatCount } from '../_figures/scales.ts';

export interface DrawnMap {
  readonly spec: RunSpec;
  readonly map: SweepMap;
}

interface Differing {
  readonly cells: number;
  /** Of which both know what became of them. */
  readonly known: number;
  readonly differing: number;
}

/** null: they have not the same cells, or models of other sizes. */
export function differingCells(left: DrawnMap, right: DrawnMap, feature: number): Differing | null {
  if (!sameAxes(left.spec, right.spec) || left.spec.model.n !== right.spec.model.n) return null;
  const cells = cellCount(left.spec);
  let [known, differing] = [0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const [here, there] = [outcomeOf(left, feature, cell), outcomeOf(right, feature, cell)];
    if (here === null || there === null) continue;
    known += 1;
    if (here !== there) differing += 1;
  }
  return { cells, known, differing };
}

/** null: it is not trained yet. A model that diverged has come to something, too. */
function outcomeOf({ spec, map }: DrawnMap, feature: number, cell: number): Phase | 'diverged' | null {
  const index = cell * spec.model.n + feature;
  const norm = map.norm[index] ?? NaN;
  if (!Number.isNaN(norm)) return phaseOf(norm, map.superposition[index] ?? NaN);
  return map.done[cell] === 1 ? 'diverged' : null;
}

/** "feature 2 has come to something else in 37 of the 512 cells trained on both"; empty where that cannot be said. */
export function differingWords(left: DrawnMap, right: DrawnMap, feature: number): string {
  const found = differingCells(left, right, feature);
  if (found === null || found.known === 0) return '';
  const { cells, known, differing } = found;
  const of = known === cells ? `${formatCount(cells)} cells` : `the ${formatCount(known)} cells trained on both`;
  return `feature ${String(feature + 1)} has come to something else in ${formatCount(differing)} of ${of}`;
}
