/** The room's state in words: short, plain, and always there. */
import { can } from '#lib/room/roles';
import type { MetricsEvent } from '#lib/runs/events';
import type { RunRecord, RunStatus, Waiting } from '#lib/runs/record';
import { NOTEBOOK_TRAINING, trainedOtherwise, type Training } from '#lib/experiments/training';
import type { Parameters } from '#lib/spec/parameters';
import { parameterWords } from '#lib/spec/parameters-of';
import { formatCount } from '../_figures/scales.ts';
import type { SessionState } from '../_session/state.ts';

type Known = Pick<SessionState, 'connection' | 'unsaved' | 'me'>;

export type StatusTone = 'calm' | 'busy' | 'lost';

/** `edited`: this client has changed something since it came. `now`: Date.now(), ms. */
export function statusOf(
  { connection, unsaved, me }: Known,
  edited: boolean,
  now: number,
): readonly [string, StatusTone] {
  switch (connection.phase) {
    case 'connecting':
      return ['Connecting…', 'busy'];
    case 'reconnecting':
      return [unsaved > 0 ? `Offline, edits kept on this device (${unsaved})` : reconnecting(connection, now), 'lost'];
    case 'refused':
      return ['Closed', 'lost'];
    case 'live':
      if (me !== null && !can(me.role, 'edit-notes')) return ['View only', 'calm'];
      if (unsaved > 0) return ['Saving…', 'busy'];
      if (me !== null && !can(me.role, 'edit-lab')) return [edited ? 'Notes only · Saved' : 'Notes only', 'calm'];
      return [edited ? 'Saved' : 'Live', 'calm'];
  }
}

/** "Reconnecting in 4 s" */
export function reconnecting({ nextAt }: Pick<Reconnecting, 'nextAt'>, now: number): string {
  const seconds = nextAt === null ? 0 : Math.ceil((nextAt - now) / 1_000);
  return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
}

type Reconnecting = Extract<SessionState['connection'], { phase: 'reconnecting' }>;

/** "12,400 steps/s · 0:08 left", "Paused", "Trained in 0.8 s"; a link does not say how long it took */
export function progressOf({ status, spec }: RunRecord, newest: MetricsEvent | undefined): string {
  switch (status.phase) {
    case 'starting':
      return status.waiting === undefined ? 'Starting…' : inLineFor(status.waiting);
    case 'running': {
      const pace = newest?.stepsPerSecond ?? 0;
      return pace > 0 ? `${paceOf(pace)} · ${timeLeft((spec.steps - status.step) / pace)} left` : 'Starting…';
    }
    case 'paused':
      return `Paused at step ${formatCount(status.step)}`;
    case 'finished':
      return status.seconds > 0
        ? `Trained in ${secondsOf(status.seconds)}`
        : `Trained for ${formatCount(status.step)} steps`;
    case 'orphaned':
      return `Waiting at step ${formatCount(status.step)}`;
    case 'stopped':
      return `Stopped at step ${formatCount(status.step)}`;
    case 'failed':
      return `Failed at step ${formatCount(status.step)}`;
  }
}

/** "2nd of 3 in line for the server · in 0:20 at most" */
export const inLineFor = ({ place, of, seconds }: Waiting): string =>
  `${ordinalOf(place)} of ${of} in line for the server${seconds > 0 ? ` · in ${timeLeft(seconds)} at most` : ''}`;

/** Where a run stands in the server's line, while it does. */
export const waitingOf = (status: RunStatus): Waiting | undefined =>
  status.phase === 'starting' ? status.waiting : undefined;

const ordinalOf = (n: number): string => {
  const tens = Math.floor(n / 10) % 10;
  const ending = tens === 1 ? undefined : ['th', 'st', 'nd', 'rd'][n % 10];
  return `${n}${ending ?? 'th'}`;
};

export const paceOf = (stepsPerSecond: number): string =>
  `${formatCount(Number(stepsPerSecond.toPrecision(3)))} steps/s`;

const secondsOf = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** What a run would take, roughly: "about 9 s", "about 4 min". */
export function aboutSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  if (seconds < 5_400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${formatCount(Math.round(seconds / 3_600))} h`;
}

/** 8.2 s → "0:08" */
export function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** "Quick, but T = 1,500": the nearer of the two ways to train, and in what this is another; nothing where it is one of them. */
export function ownTrainingWords(parameters: Parameters, quick: Training): string {
  const [asQuick, asNotebook] = [quick, NOTEBOOK_TRAINING].map((way) => trainedOtherwise(parameters, way));
  if (asQuick === undefined || asNotebook === undefined || asQuick.length === 0 || asNotebook.length === 0) return '';
  const [name, keys] = asQuick.length <= asNotebook.length ? ['Quick', asQuick] : ['Notebook', asNotebook];
  return `${name}, but ${keys.map((key) => parameterWords(key, parameters[key])).join(' · ')}`;
}
