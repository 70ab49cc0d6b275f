/** Parameters (what people turn) → RunSpec (what a run is), and the check that every spec passes wherever it enters. */
import { ok, refuse, type Refusal, type Result } from '#lib/base/result';
import { axisLength, cellParameters, instanceCount } from './cells.ts';
import { RUN_LIMITS } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { SPEC_SCHEMA, type Axis, type RunSpec } from './spec.ts';

/** Parameters that are each in range → the spec they mean. Total: what is too large together is refused by `checkSpec`. */
export function resolve(parameters: Parameters): RunSpec {
  return {
    schema: SPEC_SCHEMA,
    model: {
      kind: 'tied',
      n: parameters.n,
      m: parameters.m,
      output: parameters.output,
      initScale: parameters.initScale,
    },
    data: {
      kind: 'independent',
      density: parameters.densityFrom,
      importance: { kind: 'power', base: parameters.importanceBase },
    },
    axes: densityAxis(parameters),
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

/** One density needs no axis: the spec's own density says it. */
function densityAxis({ densities, densityFrom, densityTo }: Parameters): readonly Axis[] {
  if (densities === 1) return [];
  return [{ over: 'density', values: { kind: 'geometric', from: densityFrom, to: densityTo, count: densities } }];
}

/** The spec, or a refusal that says which limit it breaks and what to change. */
export function checkSpec(spec: RunSpec): Result<RunSpec> {
  const refusal = brokenRange(spec) ?? brokenLimit(spec);
  return refusal === undefined ? ok(spec) : { ok: false, error: refusal };
}

function brokenRange(spec: RunSpec): Refusal | undefined {
  const { model, batch, steps, replicas, seed } = spec;
  const whole: readonly [field: string, value: number, max: number][] = [
    ['model.n', model.n, RUN_LIMITS.features],
    ['model.m', model.m, RUN_LIMITS.hidden],
    ['batch', batch, RUN_LIMITS.batch],
    ['steps', steps, RUN_LIMITS.steps],
    ['replicas', replicas, RUN_LIMITS.instances],
    ...spec.axes.map((axis, i): [string, number, number] => [
      `axes.${String(i)}.values`,
      axisLength(axis),
      RUN_LIMITS.instances,
    ]),
  ];
  for (const [field, value, max] of whole)
    if (!Number.isInteger(value) || value < 1 || value > max)
      return refuse(
        'invalid',
        `${field} must be a whole number from 1 to ${String(max)}; it is ${String(value)}.`,
        field,
      ).error;
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    return refuse('invalid', 'seed must be a whole number from 0 to 4294967295.', 'seed').error;
  return undefined;
}

function brokenLimit(spec: RunSpec): Refusal | undefined {
  const { n, m } = spec.model;
  const instances = instanceCount(spec);
  if (instances > RUN_LIMITS.instances)
    return refuse(
      'limit',
      `${String(instances)} models are more than ${String(RUN_LIMITS.instances)}: take fewer replicas or densities.`,
      'replicas',
    ).error;
  if (instances * (n * m + n) > RUN_LIMITS.weights)
    return refuse(
      'limit',
      `This run has more than ${String(RUN_LIMITS.weights)} weights: take fewer features, hidden dimensions or replicas.`,
      'model.n',
    ).error;
  for (let cell = 0; cell < instances / spec.replicas; cell++) {
    const { density } = cellParameters(spec, cell);
    if (!(density > 0 && density <= 1))
      return refuse(
        'invalid',
        `Density must be above 0 and at most 1; cell ${String(cell)} has ${String(density)}.`,
        'data.density',
      ).error;
  }
  return undefined;
}
