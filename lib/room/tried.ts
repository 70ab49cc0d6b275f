/**
 * What a person has tried alone and puts before the room: its parameters, and the frames of its best replicas as they formed. It
 * is in memory only; the room's own parameters and run stay what they are until somebody adopts it.
 */
import type { RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import type { MetricsEvent } from '#lib/runs/events';
import type { Named } from '#lib/runs/record';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { checkParameter, isParameterKey, PARAMETER_KEYS, type Parameters } from '#lib/spec/parameters';
import { checkSpec, resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { COMPANY_LIMITS } from './limits.ts';

/** As everyone is told of it. */
export interface Tried {
  readonly by: Named;
  /** Names it; the room has no such run. */
  readonly run: RunId;
  /** Id of the agenda's item that it was forked from. */
  readonly item: string;
  readonly experiment: string;
  readonly parameters: Parameters;
  /** Which it has come to. */
  readonly step: number;
  /** ms since 1970, server's clock */
  readonly at: number;
}

/** What who looks at it asks for. */
export interface TriedDetail {
  readonly metrics: readonly MetricsEvent[];
  /** [I]; null: it was shown before its end. */
  readonly evaluationLoss: readonly number[] | null;
  readonly seconds: number;
  /** Kept frames in one piece (lib/runs/frame-pack), one instance for each cell: the best where it has ended. */
  readonly frames: Uint8Array;
}

/** Everything that a person may have typed, and more → parameters, each of which is one and within its range. */
export function checkParameters(values: Readonly<Record<string, unknown>>): Result<Parameters> {
  const unknown = Object.keys(values).find((key) => !isParameterKey(key));
  if (unknown !== undefined) return refuse('invalid', `${unknown} is no parameter.`, `parameters.${unknown}`);
  for (const key of PARAMETER_KEYS) {
    const checked = checkParameter(key, values[key]);
    if (!checked.ok) return refuse('invalid', checked.error.message, `parameters.${key}`);
  }
  return ok(values as Parameters);
}

/** The spec of a try whose losses have the lengths that it means. */
export function checkTried(
  parameters: Readonly<Record<string, unknown>>,
  { metrics, evaluationLoss }: Pick<TriedDetail, 'metrics' | 'evaluationLoss'>,
  step: number,
): Result<RunSpec> {
  const checked = checkParameters(parameters);
  if (!checked.ok) return checked;
  const spec = checkSpec(resolve(checked.value));
  if (!spec.ok) return spec;
  const [cells, instances] = [cellCount(spec.value), instanceCount(spec.value)];
  if (step > spec.value.steps) return refuse('invalid', `step must be at most ${spec.value.steps}.`, 'step');
  if (metrics.some(({ loss }) => loss.length !== cells))
    return refuse('invalid', `loss must have one value for each of ${cells} cells.`, 'metrics');
  if (cells * metrics.length > COMPANY_LIMITS.tryLosses)
    return refuse(
      'limit',
      `What is shown has at most ${COMPANY_LIMITS.tryLosses} losses: send fewer points.`,
      'metrics',
    );
  if (evaluationLoss !== null && evaluationLoss.length !== instances)
    return refuse(
      'invalid',
      `evaluationLoss must have one value for each of ${instances} instances.`,
      'evaluationLoss',
    );
  return spec;
}
