/** What the exact evaluator is asked about a run's models, where it can answer. */
import { at } from '#lib/base/matrix';
import { MOST_FEATURES } from '#lib/measure/exact/crowd-loss';
import { MOST_PATTERNS, type FeatureSet, type Law } from '#lib/measure/exact/law';
import type { Problem } from '#lib/measure/exact/expected-loss';
import { densities, importances } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

/**
 * The problem that the models of `cell` are trained on; null where there is no evaluator for it: other models than x′ = f(WᵀWx + b),
 * signed or finite data, sets of more sparsity patterns than can be gone through, or more independent features than crowd-loss.ts takes.
 */
export function exactProblem(spec: RunSpec, cell: number): Problem | null {
  const { model } = spec;
  const law = lawOf(spec, cell);
  if (model.kind !== 'tied' || model.hidden === 'relu' || law === null) return null;
  const { n, m, output } = model;
  return { model: { n, m, output }, law, importance: importances(spec, cell) };
}

function lawOf(spec: RunSpec, cell: number): Law | null {
  const { data, model } = spec;
  if (data.kind === 'signed' || data.kind === 'finite') return null;
  const [kind, size] = data.kind === 'independent' ? (['correlated', 1] as const) : [data.kind, data.setSize];
  const count = Math.ceil(model.n / size);
  const isKnown =
    data.kind === 'independent' ? model.n <= MOST_FEATURES : patternsOf(kind, size, count) <= MOST_PATTERNS;
  if (!isKnown) return null;
  const density = densities(spec, cell);
  return Array.from({ length: count }, (_, set): FeatureSet => {
    const first = set * size;
    const members = Array.from({ length: Math.min(size, model.n - first) }, (_member, place) => first + place);
    return { kind, members, density: at(density, first) };
  });
}

/** At most: the last set may be smaller. */
function patternsOf(kind: FeatureSet['kind'], size: number, sets: number): number {
  const each = kind === 'correlated' ? 2 : size + 1;
  let product = 1;
  for (let set = 0; set < sets && product <= MOST_PATTERNS; set++) product *= each;
  return product;
}
