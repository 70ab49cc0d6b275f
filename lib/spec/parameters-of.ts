/** RunSpec → the parameters that mean it: the inverse of `resolve`, as far as there is one. */
import { amendAll, type Amendment } from './change.ts';
import { specHash } from './hash.ts';
import {
  checkParameter,
  definitionOf,
  PARAMETER_KEYS,
  type ParameterDefinition,
  type ParameterKey,
  type Parameters,
} from './parameters.ts';
import { resolve } from './resolve.ts';
import type { Axis, DataSpec, ModelSpec, RunSpec } from './spec.ts';

/**
 * Parameters that resolve to `spec`. What it does not depend on (the set size of independent data) is taken from `unsaid`.
 * undefined: no parameters mean it, as where a program wrote it with a list of densities of its own.
 */
export function parametersOfSpec(spec: RunSpec, unsaid: Parameters): Parameters | undefined {
  const { replicas, optimizer, batch, steps, seed } = spec;
  const { learningRate, schedule, weightDecay } = optimizer;
  const said: Partial<Record<ParameterKey, number | string>> = {
    ...modelParameters(spec.model),
    ...dataParameters(spec.data),
    ...axisParameters(spec.axes),
    ...{ learningRate, schedule, weightDecay, batch, steps, replicas, seed },
  };
  if (Object.entries(said).some(([key, value]) => !checkParameter(key as ParameterKey, value).ok)) return undefined;
  const parameters = { ...unsaid, ...said } as Parameters;
  return specHash(resolve(parameters)) === specHash(spec) ? parameters : undefined;
}

/** Of a run as it was last amended. */
export const parametersOfRun = (
  run: { readonly spec: RunSpec; readonly amendments: readonly Amendment[] },
  unsaid: Parameters,
): Parameters | undefined => parametersOfSpec(amendAll(run.spec, run.amendments), unsaid);

function modelParameters(model: ModelSpec): Partial<Record<ParameterKey, number | string>> {
  const { kind, n, m, output, initScale } = model;
  const common = { model: kind, n, m, output, initScale };
  if (model.kind === 'untied') return { ...common, hidden: model.hidden, target: model.target };
  return { ...common, hidden: model.hidden ?? 'linear' };
}

function dataParameters(data: DataSpec): Partial<Record<ParameterKey, number | string>> {
  const { density, relativeDensity = 1, relativeImportance = 1, importance } = data;
  return {
    data: data.kind,
    densityFrom: density,
    densities: 1,
    relativeDensityFrom: relativeDensity,
    relativeDensities: 1,
    importance: importance.kind,
    ...(importance.kind === 'power' ? { importanceBase: importance.base } : { importanceLast: importance.last }),
    relativeImportanceFrom: relativeImportance,
    relativeImportances: 1,
    ...('setSize' in data ? { setSize: data.setSize } : {}),
    ...('examples' in data ? { examplesFrom: data.examples, exampleCounts: 1 } : {}),
  };
}

const ENDS = {
  density: ['densityFrom', 'densityTo', 'densities'],
  relativeDensity: ['relativeDensityFrom', 'relativeDensityTo', 'relativeDensities'],
  relativeImportance: ['relativeImportanceFrom', 'relativeImportanceTo', 'relativeImportances'],
  examples: ['examplesFrom', 'examplesTo', 'exampleCounts'],
} as const satisfies Record<Axis['over'], readonly ParameterKey[]>;

function axisParameters(axes: readonly Axis[]): Partial<Record<ParameterKey, number | string>> {
  const each = axes.map(({ over, values }) => {
    if (values.kind === 'list') return over === 'density' ? roundedDensities(values.values) : {};
    const [from, to, count] = ENDS[over];
    const ends = { [from]: values.from, [to]: values.to, [count]: values.count };
    return over === 'density' ? { ...ends, densitySpacing: 'even' } : ends;
  });
  return Object.assign({}, ...each) as Partial<Record<ParameterKey, number | string>>;
}

/** Of any other list the hash tells that there are no parameters. */
const roundedDensities = (values: readonly number[]): Partial<Record<ParameterKey, number | string>> => ({
  ...(values.at(-1) === undefined ? {} : { densityTo: values.at(-1) as number }),
  densities: values.length,
  densitySpacing: 'rounded',
});

/** Where two differ, in the table's order. */
export const differingParameters = (a: Parameters, b: Parameters): readonly ParameterKey[] =>
  PARAMETER_KEYS.filter((key) => a[key] !== b[key]);

/** "n = 6", "Output: Linear": one parameter's value as people read it in a line. */
export function parameterWords(key: ParameterKey, value: number | string): string {
  const definition: ParameterDefinition = definitionOf(key);
  if (definition.kind === 'choice') {
    const choice = definition.choices.find((each) => each.value === value);
    return `${definition.label}: ${choice?.label ?? String(value)}`;
  }
  const number = definition.kind === 'integer' ? wholeWords(key, Number(value)) : shortWords(Number(value));
  return definition.symbol === '' ? `${definition.label.toLowerCase()} ${number}` : `${definition.symbol} = ${number}`;
}

const shortWords = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });

/** Counts are exact, and a seed is a name: nobody reads thousands in it. */
const wholeWords = (key: ParameterKey, value: number): string =>
  key === 'seed' ? String(value) : value.toLocaleString('en-US');
