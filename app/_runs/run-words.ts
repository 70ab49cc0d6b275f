/** A run of the room's history in words. */
import { experimentOf } from '#lib/experiments/index';
import type { KeptRun } from '#lib/runs/kept';
import { differingParameters, parametersOfRun, parametersOfSpec, parameterWords } from '#lib/spec/parameters-of';
import { DEFAULT_PARAMETERS, type ParameterKey, type Parameters } from '#lib/spec/parameters';
import type { RunSpec } from '#lib/spec/spec';

type Named = Pick<KeptRun, 'name' | 'experiment' | 'startedAt'>;

/** Its name, or when it was; `present` is the experiment that is shown: of another its title is told. `now`: ms since 1970. */
export function runName({ name, experiment, startedAt }: Named, present: string | null, now: number): string {
  if (name !== null) return name;
  const when = whenWords(startedAt, now);
  return experiment === present ? `Run of ${when}` : `${experimentOf(experiment)?.title ?? 'Run'}, ${when}`;
}

const DAY_MS = 86_400_000;

/** "14:02:31" of the last day, as a run takes seconds; else "24 Nov, 14:02" */
export function whenWords(at: number, now: number, zone: Pick<Intl.DateTimeFormatOptions, 'timeZone'> = {}): string {
  const date = new Date(at);
  const minute = { hour: '2-digit', minute: '2-digit', ...zone } as const;
  if (Math.abs(now - at) < DAY_MS) return date.toLocaleTimeString('en-GB', { ...minute, second: '2-digit' });
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...zone })}, ${date.toLocaleTimeString('en-GB', minute)}`;
}

/** What the run has that the present parameters have not; null: no parameters mean it. */
export function differenceWords(
  run: Pick<KeptRun, 'spec' | 'amendments'>,
  present: Parameters,
): readonly string[] | null {
  const parameters = parametersOfRun(run, present);
  if (parameters === undefined) return null;
  return differingParameters(parameters, present).map((key) => parameterWords(key, parameters[key]));
}

/** "n 4 → 5 · T 3,000 → 2,000": from one run's spec to another's. */
export function betweenWords(left: RunSpec, right: RunSpec): string {
  const [from, to] = [left, right].map((spec) => parametersOfSpec(spec, DEFAULT_PARAMETERS));
  if (from === undefined || to === undefined) return 'Two runs';
  const words = differingParameters(from, to).map((key) => changedWords(key, from[key], to[key]));
  return words.length === 0 ? 'The same parameters' : words.join(' · ');
}

/** "n 4 → 5" */
function changedWords(key: ParameterKey, from: number | string, to: number | string): string {
  const [before, after] = [parameterWords(key, from), parameterWords(key, to)];
  const value = /^.*?(?: = |: | (?=[\d.,]+$))/;
  return `${before.replace(/(?: = |: )/, ' ')} → ${after.replace(value, '')}`;
}

const PHASES: Readonly<Record<KeptRun['phase'], string>> = {
  starting: 'starting',
  running: 'training',
  paused: 'paused',
  orphaned: 'waiting',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
};

/** "finished", "stopped at step 4,120" */
export function phaseWords({ phase, step }: Pick<KeptRun, 'phase' | 'step'>): string {
  if (phase === 'finished' || phase === 'running' || phase === 'starting') return PHASES[phase];
  return `${PHASES[phase]} at step ${step.toLocaleString('en-US')}`;
}
