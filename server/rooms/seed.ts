/** What a new room begins with. */
import { assert } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import { startOf } from '#lib/experiments/experiment';
import { experimentOf } from '#lib/experiments/index';
import type { Seed } from '#lib/room/lab';
import { checkParameter, isParameterKey, type Parameters } from '#lib/spec/parameters';

export interface SeedRequest {
  readonly experiment?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

const FIRST_EXPERIMENT = 'introduction';

/** Of a room of which nothing was wished. */
export function firstSeed(): Seed {
  const seed = seedFor({});
  assert(seed.ok, `the experiment "${FIRST_EXPERIMENT}" is there`);
  return seed.value;
}

/** Any wish → the room's seed, or a refusal that names what is not known or out of range. */
export function seedFor({ experiment = FIRST_EXPERIMENT, parameters = {} }: SeedRequest): Result<Seed> {
  const found = experimentOf(experiment);
  if (found === undefined) return refuse('invalid', `There is no experiment "${experiment}".`, 'experiment');
  const checked = checkParameters(parameters);
  if (!checked.ok) return checked;
  return ok({ title: found.title, experiment, parameters: { ...startOf(found), ...checked.value } });
}

function checkParameters(values: Readonly<Record<string, unknown>>): Result<Partial<Parameters>> {
  for (const [key, value] of Object.entries(values)) {
    if (!isParameterKey(key)) return refuse('invalid', `There is no parameter "${key}".`, `parameters.${key}`);
    const checked = checkParameter(key, value);
    if (!checked.ok) return refuse('invalid', checked.error.message, `parameters.${key}`);
  }
  return ok(values);
}
