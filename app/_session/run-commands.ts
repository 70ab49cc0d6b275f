/** What a person does with the room's run: each is asked of the server, and trained by this tab where it says so. */
import type { Result } from '#lib/base/result';
import type { ControlAction } from '#lib/room/decide';
import { isActive, isStale, type RunPlace, type Source } from '#lib/runs/record';
import type { Parameters } from '#lib/spec/parameters';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { changeRun } from './live-change.ts';
import type { OwnTraining } from './own-training.ts';
import type { RunFeed } from './run-feed.ts';
import type { SessionActions, SessionState } from './state.ts';

export type RunCommands = Pick<SessionActions, 'run' | 'change' | 'goOn' | 'pause' | 'step' | 'reset' | 'newSeed'>;

export interface RunCommandsDependencies {
  readonly socket: RoomSocket;
  readonly state: () => SessionState;
  readonly own: Pick<OwnTraining, 'begin' | 'goOn' | 'end'>;
  readonly feed: Pick<RunFeed, 'record'>;
  /** The room has a run of its own again: what was looked at in its place is closed, and what went wrong before is past. */
  readonly begun: () => void;
  /** It was done: what went wrong before is past. */
  readonly done: () => void;
  /** Tells what was refused, where it was. */
  readonly fail: (answer: Result<unknown>) => void;
  readonly set: (values: Partial<Parameters>) => void;
  /** [0, 1) */
  readonly random: () => number;
}

export function createRunCommands(dependencies: RunCommandsDependencies): RunCommands {
  const { socket, state, own, feed, begun, done, fail, set, random } = dependencies;

  /** True when there is a new run. */
  async function start(place: RunPlace, paused: boolean, source: Source | null = null): Promise<boolean> {
    const { item, spec, serverChoice } = state();
    if (item === null) return false;
    const asked = { experiment: item.experiment, spec, place, paused };
    const engine = place === 'server' && serverChoice !== null ? { engine: serverChoice } : {};
    const request = { ...asked, ...engine, ...(source === null ? {} : { source }) };
    const answer = (await ask(socket, 'start', request)) ?? LOST;
    if (!answer.ok) {
      fail(answer);
      return false;
    }
    begun();
    if (place === 'browser') fail(await own.begin(answer.value));
    else {
      own.end();
      feed.record(answer.value.record);
    }
    return true;
  }

  async function control(action: ControlAction): Promise<void> {
    const { run } = state();
    if (run === null) return;
    const answer = (await ask(socket, 'control', { run: run.record.id, action })) ?? LOST;
    if (answer.ok) done();
    else fail(answer);
  }

  /** Paused, of these parameters, and begun or meant for this place. */
  const resumable = (place: RunPlace): boolean => {
    const { run, specHash: hash } = state();
    if (run?.record.status.phase !== 'paused' || isStale(run.record, hash)) return false;
    return run.record.status.step > 0 || run.record.place === place;
  };

  return {
    async run(place, source) {
      await (resumable(place) ? control('resume') : start(place, false, source));
    },
    change: () => changeRun({ socket, state, fail }),
    async goOn(place) {
      const { run } = state();
      if (run === null) return;
      const answer = (await ask(socket, 'continue', { run: run.record.id, place })) ?? LOST;
      if (!answer.ok) {
        fail(answer);
        return;
      }
      done();
      if (place === 'browser') fail(await own.goOn(answer.value));
      else feed.record(answer.value.record);
    },
    pause: () => control('pause'),
    async step(place) {
      const { run, specHash: hash } = state();
      const waits = run !== null && isActive(run.record.status) && !isStale(run.record, hash);
      if (waits || (await start(place, true))) await control('step');
    },
    async reset(place) {
      await start(place, true);
    },
    async newSeed(place) {
      set({ seed: Math.floor(random() * 2 ** 32) });
      await start(place, false);
    },
  };
}
