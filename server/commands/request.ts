/** What `polytope run` is asked for: an experiment and its parameters → a spec, or a refusal that names what is wrong. */
import { EXPERIMENTS, experimentOf } from '#lib/experiments/index';
import { parametersOf, type Experiment } from '#lib/experiments/experiment';
import { isParameterKey, PARAMETER_KEYS, parseParameter } from '#lib/spec/parameters';
import { checkRun, resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { CommandError } from './command.ts';

export interface RunRequest {
  readonly experiment: Experiment;
  readonly spec: RunSpec;
}

/** `settings`: `key=value`, later ones win. */
export function requestRun(positionals: readonly string[], settings: readonly string[]): RunRequest {
  const experiment = requestedExperiment(positionals);
  const changes = Object.fromEntries(settings.map(parseSetting));
  const checked = checkRun(resolve({ ...parametersOf(experiment), ...changes }));
  if (!checked.ok) throw new CommandError(checked.error.message);
  return { experiment, spec: checked.value };
}

function requestedExperiment(positionals: readonly string[]): Experiment {
  const known = EXPERIMENTS.map(({ key }) => key).join(', ');
  const [key, ...more] = positionals;
  if (key === undefined) throw new CommandError(`Name an experiment: ${known}.`);
  if (more.length > 0) throw new CommandError(`One experiment at a time: ${positionals.join(' ')} are several.`);
  const experiment = experimentOf(key);
  if (experiment === undefined) throw new CommandError(`There is no experiment ${key}; there is ${known}.`);
  return experiment;
}

function parseSetting(setting: string): [key: string, value: number | string] {
  const separator = setting.indexOf('=');
  if (separator < 1) throw new CommandError(`--set takes key=value; ${setting} is not.`);
  const key = setting.slice(0, separator);
  if (!isParameterKey(key))
    throw new CommandError(`There is no parameter ${key}; there are ${PARAMETER_KEYS.join(', ')}.`);
  const parsed = parseParameter(key, setting.slice(separator + 1));
  if (!parsed.ok) throw new CommandError(`${key}: ${parsed.error.message}`);
  return [key, parsed.value];
}
