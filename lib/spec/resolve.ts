/** Parameters (what people turn) → RunSpec (what a run is), and the check that every spec passes wherever it enters. */
import { ok, refuse, type Result } from '#lib/base/result';
import type { Dependence } from '#lib/model/data';
import { weightNames, weightSize } from '#lib/model/toy';
import { axisLength, cellCount, cellParameters, instanceCount, valueAt } from './cells.ts';
import { RUN_LIMITS } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { isSweep, largestTile, tileCount } from './tiles.ts';
import { SPEC_SCHEMA, type Axis, type DataSpec, type ModelSpec, type RunSpec } from './spec.ts';

/** Parameters that are each in range → the spec they mean. Total: what is too large together is refused by `checkSpec`. */
export function resolve(parameters: Parameters): RunSpec {
  return {
    schema: SPEC_SCHEMA,
    model: modelSpec(parameters),
    data: dataSpec(parameters),
    axes: axesOf(parameters),
    replicas: parameters.replicas,
    optimizer: {
      kind: 'adamw',
      learningRate: parameters.learningRate,
      schedule: parameters.schedule,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: parameters.weightDecay,
    },
    batch: parameters.batch,
    steps: parameters.steps,
    seed: parameters.seed,
  };
}

function modelSpec({ model: kind, n, m, hidden, output, target, initScale }: Parameters): ModelSpec {
  if (kind === 'untied') return { kind, n, m, hidden, output, target, initScale };
  return { kind, n, m, ...(hidden === 'relu' ? { hidden } : {}), output, initScale };
}

function dataSpec(parameters: Parameters): DataSpec {
  const { relativeDensityFrom, relativeImportanceFrom } = parameters;
  return {
    ...dependence(parameters),
    density: parameters.densityFrom,
    ...(relativeDensityFrom === 1 ? {} : { relativeDensity: relativeDensityFrom }),
    importance:
      parameters.importance === 'power'
        ? { kind: 'power', base: parameters.importanceBase }
        : { kind: 'geometric', last: parameters.importanceLast },
    ...(relativeImportanceFrom === 1 ? {} : { relativeImportance: relativeImportanceFrom }),
  };
}

function dependence({ data: kind, setSize, examplesFrom }: Parameters): Dependence {
  switch (kind) {
    case 'independent':
    case 'signed':
      return { kind };
    case 'correlated':
    case 'anticorrelated':
      return { kind, setSize };
    case 'finite':
      return { kind, examples: examplesFrom };
  }
}

/** One value needs no axis: the data's own says it. */
function axesOf(parameters: Parameters): readonly Axis[] {
  const axis = (over: Axis['over'], from: number, to: number, count: number): readonly Axis[] =>
    count === 1 ? [] : [{ over, values: { kind: 'geometric', from, to, count } }];
  const { densityFrom, densityTo, densities, densitySpacing } = parameters;
  const evenly = axis('density', densityFrom, densityTo, densities);
  const { relativeDensityFrom, relativeDensityTo, relativeDensities } = parameters;
  const { relativeImportanceFrom, relativeImportanceTo, relativeImportances } = parameters;
  const { data, examplesFrom, examplesTo, exampleCounts } = parameters;
  return [
    ...(densitySpacing === 'even' ? evenly : evenly.map(rounded)),
    ...axis('relativeDensity', relativeDensityFrom, relativeDensityTo, relativeDensities),
    ...axis('relativeImportance', relativeImportanceFrom, relativeImportanceTo, relativeImportances),
    ...(data === 'finite' ? axis('examples', examplesFrom, examplesTo, exampleCounts) : []),
  ];
}

/** The axis's values to one significant digit, as people choose them. */
function rounded(axis: Axis): Axis {
  const values = Array.from({ length: axisLength(axis) }, (_, i) => Number(valueAt(axis.values, i).toPrecision(1)));
  return { over: axis.over, values: { kind: 'list', values } };
}

/** The spec, or a refusal that says which limit it breaks and what to change. */
export function checkSpec(spec: RunSpec): Result<RunSpec> {
  return brokenRange(spec) ?? brokenAxes(spec) ?? brokenLimit(spec) ?? brokenCell(spec) ?? ok(spec);
}

/** The same of what a room runs, which may be a sweep: each of its tiles keeps the limits of a run. */
export function checkRun(spec: RunSpec): Result<RunSpec> {
  if (!isSweep(spec)) return checkSpec(spec);
  return (
    brokenRange(spec) ??
    brokenAxes(spec) ??
    brokenSweep(spec) ??
    brokenLimit(largestTile(spec)) ??
    // What is wrong with a cell is wrong with one of its axes' values: there are far fewer of these.
    spec.axes.map((axis) => brokenCell({ ...spec, axes: [axis] })).find((broken) => broken !== undefined) ??
    ok(spec)
  );
}

function brokenSweep(spec: RunSpec): Broken {
  const tiles = tileCount(spec);
  if (tiles > RUN_LIMITS.tiles)
    return refuse(
      'limit',
      `${instanceCount(spec)} models are a sweep of ${tiles} tiles, more than ${RUN_LIMITS.tiles}: take fewer replicas, densities or other values side by side.`,
      'replicas',
    );
  if (spec.replicas > RUN_LIMITS.sweepReplicas)
    return refuse('limit', `A sweep has at most ${RUN_LIMITS.sweepReplicas} replicas of a cell.`, 'replicas');
  if (tiles > spec.steps)
    return refuse('limit', `A sweep of ${tiles} tiles takes at least ${tiles} steps; it has ${spec.steps}.`, 'steps');
  return undefined;
}

type Broken = Result<never> | undefined;

const wholeNumber = (field: string, value: number, max: number): Broken =>
  Number.isInteger(value) && value >= 1 && value <= max
    ? undefined
    : refuse('invalid', `${field} must be a whole number from 1 to ${max}; it is ${value}.`, field);

const positive = (field: string, value: number): Broken =>
  value > 0 && Number.isFinite(value)
    ? undefined
    : refuse('invalid', `${field} must be a number above 0; it is ${value}.`, field);

function brokenRange({ model, data, axes, batch, steps, replicas, seed }: RunSpec): Broken {
  const { importance } = data;
  return (
    wholeNumber('model.n', model.n, RUN_LIMITS.features) ??
    wholeNumber('model.m', model.m, RUN_LIMITS.hidden) ??
    wholeNumber('batch', batch, RUN_LIMITS.batch) ??
    wholeNumber('steps', steps, RUN_LIMITS.steps) ??
    wholeNumber('replicas', replicas, RUN_LIMITS.instances) ??
    ('setSize' in data ? wholeNumber('data.setSize', data.setSize, RUN_LIMITS.features) : undefined) ??
    positive('data.importance', importance.kind === 'power' ? importance.base : importance.last) ??
    axes
      .map((axis, i) => wholeNumber(`axes.${i}.values`, axisLength(axis), RUN_LIMITS.instances))
      .find((broken) => broken !== undefined) ??
    (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff
      ? undefined
      : refuse('invalid', 'seed must be a whole number from 0 to 4294967295.', 'seed'))
  );
}

function brokenAxes({ axes, data }: RunSpec): Broken {
  for (const [i, { over }] of axes.entries()) {
    const field = `axes.${i}.over`;
    if (axes.findIndex((other) => other.over === over) !== i)
      return refuse('invalid', `Two axes run over ${over}: keep one of them.`, field);
    if (over === 'examples' && data.kind !== 'finite')
      return refuse(
        'invalid',
        `Only a finite set has examples, and these data are ${data.kind}: drop this axis.`,
        field,
      );
  }
  return undefined;
}

function brokenLimit(spec: RunSpec): Broken {
  const instances = instanceCount(spec);
  if (instances > RUN_LIMITS.instances)
    return refuse(
      'limit',
      `${instances} models are more than ${RUN_LIMITS.instances}: take fewer replicas, densities or other values side by side.`,
      'replicas',
    );
  const weights = weightNames(spec.model).reduce((count, name) => count + weightSize(spec.model, name), 0);
  if (instances * weights > RUN_LIMITS.weights)
    return refuse(
      'limit',
      `This run has more than ${RUN_LIMITS.weights} weights: take fewer features, hidden dimensions or replicas.`,
      'model.n',
    );
  return undefined;
}

function brokenCell(spec: RunSpec): Broken {
  for (let cell = 0; cell < cellCount(spec); cell++) {
    const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
    const broken =
      positive('data.relativeDensity', relativeDensity) ??
      positive('data.relativeImportance', relativeImportance) ??
      (spec.data.kind === 'finite' ? wholeNumber('data.examples', examples, RUN_LIMITS.examples) : undefined) ??
      (density > 0 && density <= 1
        ? undefined
        : refuse('invalid', `Density must be above 0 and at most 1; cell ${cell} has ${density}.`, 'data.density'));
    if (broken !== undefined) return broken;
  }
  return undefined;
}
