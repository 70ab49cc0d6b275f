/**
 * An experiment and its parameters as an address, `/solo/introduction?n=6&p2=0.01`: who opens it is alone with it, and no server
 * keeps anything. What is not said is as the experiment begins; a key is the table's `url`. `link`: begin with what this link holds.
 * `run`: train at once.
 */
import { isId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { checkRun, resolve } from '#lib/spec/resolve';
import { definitionOf, PARAMETER_KEYS, parseParameter, type ParameterKey, type Parameters } from '#lib/spec/parameters';
import { differingParameters } from '#lib/spec/parameters-of';
import { startOf } from './experiment.ts';
import { experimentOf, EXPERIMENTS } from './index.ts';

export interface Solo {
  readonly experiment: string;
  readonly parameters: Parameters;
  /** Id of a link whose run stands there before anything is trained. */
  readonly link: string | null;
  readonly runs: boolean;
}

export const SOLO_LIMITS = {
  /** characters of what follows the question mark: every parameter there is, twice over */
  query: 1_000,
} as const;

const PATH = '/solo/';
const KEYS: ReadonlyMap<string, ParameterKey> = new Map(PARAMETER_KEYS.map((key) => [definitionOf(key).url, key]));

/** Of an experiment that there is. */
export function soloAddress({ experiment, parameters, link = null, runs = false }: SoloWish): string {
  const known = experimentOf(experiment);
  const begun = known && startOf(known);
  const all = begun && { ...begun, ...parameters };
  const changed = begun === undefined || all === undefined ? [] : differingParameters(begun, all);
  const query = [
    ...changed.map((key) => [definitionOf(key).url, String(all?.[key])]),
    ...(link === null ? [] : [['link', link]]),
    ...(runs ? [['run', '']] : []),
  ].map(([key = '', value = '']) => `${key}${value === '' ? '' : `=${encodeURIComponent(value)}`}`);
  return `${PATH}${encodeURIComponent(experiment)}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

export interface SoloWish {
  readonly experiment: string;
  readonly parameters: Partial<Parameters>;
  readonly link?: string | null;
  readonly runs?: boolean;
}

/** `query`: names and values after the question mark, in their order. A refusal says what is wrong with it, and where. */
export function readSolo(key: string, query: readonly (readonly [name: string, value: string])[]): Result<Solo> {
  const experiment = experimentOf(key);
  if (experiment === undefined)
    return refuse(
      'not-found',
      `There is no experiment “${key.slice(0, SHOWN)}”. There are: ${EXPERIMENTS.map((each) => each.key).join(', ')}.`,
      'experiment',
    );
  const length = query.reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0);
  if (length > SOLO_LIMITS.query)
    return refuse(
      'limit',
      `An address holds at most ${SOLO_LIMITS.query} characters of parameters; this has ${length}.`,
      'query',
    );
  const said = new Map<string, string>();
  for (const [name, value] of query) {
    if (said.has(name)) return refuse('invalid', `“${name.slice(0, SHOWN)}” stands twice in this address.`, name);
    said.set(name, value);
  }
  const link = said.get('link') ?? null;
  if (link !== null && !isId(link)) return refuse('invalid', 'link: this is no id of a link.', 'link');
  const written = readParameters(said);
  if (!written.ok) return written;
  const parameters: Parameters = { ...startOf(experiment), ...written.value };
  const trainable = checkRun(resolve(parameters));
  return trainable.ok ? ok({ experiment: key, parameters, link, runs: said.has('run') }) : trainable;
}

/** characters of an address that an answer repeats */
const SHOWN = 40;

function readParameters(said: ReadonlyMap<string, string>): Result<Partial<Parameters>> {
  const written: Partial<Record<ParameterKey, number | string>> = {};
  for (const [name, text] of said) {
    if (name === 'link' || name === 'run') continue;
    const key = KEYS.get(name);
    if (key === undefined) return refuse('invalid', `There is no parameter “${name.slice(0, SHOWN)}”.`, name);
    const value = parseParameter(key, text);
    if (!value.ok) return refuse('invalid', `${name}: ${value.error.message}`, key);
    written[key] = value.value;
  }
  return ok(written as Partial<Parameters>);
}
