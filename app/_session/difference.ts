/** In which parameters one set differs from another, in the paper's letters. */
import { formatDensity } from '../_figures/scales.ts';
import { definitionOf, PARAMETER_KEYS, type ParameterKey, type Parameters } from '#lib/spec/parameters';

/** "n = 6", "Output: Linear"; densities as the sparsity that is read. */
export function differences(of: Parameters, from: Parameters): readonly string[] {
  return PARAMETER_KEYS.filter((key) => of[key] !== from[key]).map((key) => wordsOf(key, of[key]));
}

function wordsOf(key: ParameterKey, value: number | string): string {
  const definition = definitionOf(key);
  if (key === 'densityFrom' || key === 'densityTo') return `${definition.label} S = ${formatDensity(Number(value)).S}`;
  if (definition.kind !== 'choice')
    return `${definition.symbol === '' ? definition.label : definition.symbol} = ${value}`;
  return `${definition.label}: ${definition.choices.find((choice) => choice.value === value)?.label ?? value}`;
}
