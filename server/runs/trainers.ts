/**
 * Who trains a room's present run: a browser's tab, or a process of this server. It is steered here, wherever it is; and when it is
 * gone, another goes on from the last checkpoint and everyone is told.
 */
import { SERVER_HOLDER } from '#lib/room/decide';
import { can } from '#lib/room/roles';
import type { TrainedFrame } from '#lib/runs/events';
import { inLine, isActive, orphan, reclaim, type RunRecord, type Waiting } from '#lib/runs/record';
import { tensorBytes } from '#lib/runs/tensor-pack';
import type { SpecChange } from '#lib/spec/change';
import type { Limits } from '#lib/wire/limits';
import type { PublishedEvent } from '#lib/wire/protocol';
import type { QueueListener, TrainingQueue } from '../compute/queue.ts';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import { createBreakdowns } from './breakdowns.ts';
import { startHere, type TrainingHere } from './here.ts';
import type { PresentRun } from './present-run.ts';
import { handedOver, type LiveRun } from './stream.ts';

export interface Trainers {
  /** A run that has just begun. */
  begin(run: LiveRun): void;
  /** Someone has another go on with it: here, or in their own browser (then `from` is their connection). */
  handOver(to: Successor, from: string): void;
  /** How far it may go. */
  aim(target: number | 'stop'): void;
  /** A change while it trains: its trainer makes it. */
  amend(change: SpecChange): void;
  /** Ends it, whoever trains it. */
  end(): void;
  /** Whether who trains it can be asked for anything. */
  isInReach(): boolean;
  /** A process of this server trains it, or waits in line to. */
  isHere(): boolean;
  /** Its tab is back, on another connection. */
  isBack(member: Member): void;
  /** Its tab is gone: perhaps it only lost its connection. */
  isGone(): void;
  /** Its tab may train no more. */
  dismiss(): void;
  /** Resolves when what is trained here stands still. Nothing goes on after it. */
  close(): Promise<void>;
}

export interface TrainersDependencies {
  readonly present: PresentRun;
  readonly people: People;
  readonly audience: Audience;
  readonly queue: TrainingQueue;
  readonly limits: Limits;
  /** The room lets a run that lost its trainer go on here without being asked. */
  readonly goesOnByItself: () => boolean;
}

/** Who goes on with a run; `who` begins a sentence. */
export interface Successor extends Pick<RunRecord, 'place' | 'trainer'> {
  readonly who: string;
  readonly holder: string;
}

export const THE_SERVER: Successor = { place: 'server', trainer: null, who: 'The server', holder: SERVER_HOLDER };

/** In the browser's tab behind a person's connection. */
export const inBrowserOf = ({ person: { id, name }, connection }: Member): Successor => ({
  place: 'browser',
  trainer: { id, name },
  who: `${name}’s browser`,
  holder: connection.id,
});

/** A run that the room had when it was put away goes on, or waits for its tab. */
export function createTrainers(dependencies: TrainersDependencies): Trainers {
  const { present, people, audience, queue, limits, goesOnByItself } = dependencies;
  const breakdowns = createBreakdowns(limits.trainerRestarts);
  let training: TrainingHere | undefined;
  let absence: NodeJS.Timeout | undefined;
  let closed = false;

  /** Another goes on with the run from its last checkpoint, and everyone is told why. */
  function handOver({ who, holder, ...to }: Successor, from: string | null, target?: number): void {
    const run = present.now();
    if (run === null) return;
    clearTimeout(absence);
    const { status, spec } = run.record;
    const step = spell(run.checkpoint?.step ?? 0);
    const words = status.phase === 'orphaned' ? `${status.message} ${who} went on from step ${step}.` : null;
    const next = handedOver(run, { ...to, words }, holder, target ?? spec.steps);
    present.become(next, from);
    if (to.place === 'server') trainHere(next);
  }

  function trainHere(run: LiveRun): void {
    const { id, lease } = run.record;
    const still = (act: (now: LiveRun) => unknown): void => {
      const now = present.now();
      if (now?.record.id !== id || now.record.lease !== lease) return;
      act(now);
      const after = present.now();
      if (after === null || !isActive(after.record.status)) training = undefined;
    };
    training = startHere(queue, run, {
      event: (event) => still((now) => heard(now, event)),
      // Frames of this server's own trainers pass the same checks as a stranger's.
      frame: (frame) => still((now) => present.accept(now, frame, sizeOf(frame))),
      checkpoint: (checkpoint) => still((now) => present.keepCheckpoint(now, checkpoint)),
      lost: (...words) => still((now) => broke(now, ...words)),
      waits: (where) => still((now) => standInLine(now, where)),
    });
  }

  /** What cannot be begun again, as a card that does not come back, may still go on elsewhere. */
  function heard(run: LiveRun, event: PublishedEvent): void {
    const { step } = run.record.status;
    if (event.type === 'failed' && breakdowns.cameNoFurther(step))
      becomeOrphan(run, `${sentence(event.message)} The run stands at step ${spell(step)}. ${ELSEWHERE}`);
    else present.hear(run, event, null);
  }

  function broke(run: LiveRun, ...[what, change]: Parameters<QueueListener['lost']>): void {
    training = undefined;
    // Nothing is lost of one that stands: whoever lets it go on begins another process.
    if (run.record.status.phase === 'paused') return;
    if (run.target === 'stop') {
      present.declare({ type: 'stopped', step: run.record.status.step });
      return;
    }
    const { again, message } = breakdowns.at(run.record.status.step, what, change);
    becomeOrphan(run, message);
    if (again && !closed) handOver({ ...THE_SERVER, who: 'It' }, null, run.target);
  }

  /** Others train first. Where it stands by now is told, and not written. */
  function standInLine(run: LiveRun, where: Waiting): void {
    const next = { ...run, record: inLine(run.record, where) };
    if (run.record.status.phase !== 'starting') present.become(next, null);
    else {
      present.becomeQuietly(next);
      audience.tell(null, 'run', next.record);
    }
  }

  function becomeOrphan(run: LiveRun, message: string): void {
    present.become({ ...run, record: orphan(run.record, message) }, null);
  }

  function aim(target: number | 'stop'): void {
    const now = present.now();
    if (now === null) return;
    const run = { ...now, target };
    present.becomeQuietly(run);
    const { record, holder } = run;
    if (record.place === 'browser') people.member(holder)?.connection.send('target', record.id, record.lease, target);
    else if (training !== undefined) training.setTarget(target);
    else if (target === 'stop') present.declare({ type: 'stopped', step: record.status.step });
    // It was paused when the room was put away.
    else if (target > record.status.step) handOver(THE_SERVER, null, target);
  }

  function amend(change: SpecChange): void {
    const run = present.now();
    if (run === null) return;
    const { record, holder } = run;
    if (record.place === 'browser') people.member(holder)?.connection.send('amend', record.id, record.lease, change);
    else if (training !== undefined) training.amend(change);
    // It was paused when the room was put away, and goes on from there.
    else present.declare({ type: 'amended', step: record.status.step, change });
  }

  function waitForTrainer(grace: number): void {
    clearTimeout(absence);
    absence = setTimeout(() => {
      const run = present.now();
      if (run === null || !isActive(run.record.status)) return;
      const { status, trainer } = run.record;
      becomeOrphan(run, `${trainer?.name ?? 'Its'}’s browser stopped training at step ${spell(status.step)}.`);
      if (goesOnByItself()) absence = setTimeout(goOnHere, limits.handOverDelay);
    }, grace);
  }

  /** Whoever trained it, and may still, has it again; it stands where it was not asked to go further. */
  function isBack({ connection, person }: Member): void {
    const run = present.now();
    if (run === null || run.record.trainer?.id !== person.id || !can(person.role, 'control-run')) return;
    const { id, lease, status } = run.record;
    if (!isActive(status) && status.phase !== 'orphaned') return;
    clearTimeout(absence);
    const stands = run.target !== 'stop' && run.target <= status.step;
    const record = reclaim(run.record, stands ? 'paused' : 'running');
    present.become({ ...run, record, holder: connection.id }, connection.id);
    // What was asked while it was away.
    connection.send('target', id, lease, run.target);
  }

  /** Where there is room for one more; else it waits for someone to press. */
  function goOnHere(): void {
    if (present.now()?.record.status.phase === 'orphaned' && queue.hasRoom(false)) handOver(THE_SERVER, null);
  }

  /** The server ended in the middle of it: browsers come back by themselves, and what was trained here goes on. */
  function wake(run: LiveRun): void {
    const { place, status } = run.record;
    if (!isActive(status)) return;
    if (place === 'browser') waitForTrainer(limits.restartGrace);
    else if (status.phase !== 'paused') {
      becomeOrphan(run, `The server was restarted at step ${spell(status.step)}.`);
      goOnHere();
    }
  }

  const stored = present.now();
  if (stored !== null) wake(stored);

  return {
    begin(run) {
      clearTimeout(absence);
      breakdowns.reset();
      if (run.record.place === 'server') trainHere(run);
    },
    handOver(to, from) {
      breakdowns.reset();
      handOver(to, from);
    },
    aim,
    amend,
    end() {
      aim('stop');
      training?.kill();
      training = undefined;
      const run = present.now();
      if (run !== null) present.declare({ type: 'stopped', step: run.record.status.step });
    },
    isInReach() {
      const run = present.now();
      return run?.record.place === 'server' || people.member(run?.holder ?? '') !== undefined;
    },
    isHere: () => training !== undefined,
    isBack,
    isGone() {
      if (!closed) waitForTrainer(limits.trainerGrace);
    },
    dismiss() {
      aim('stop');
      const run = present.now();
      if (run === null) return;
      const { status, trainer } = run.record;
      const stands = `the run stands at step ${spell(status.step)}.`;
      becomeOrphan(run, `${trainer?.name ?? 'Someone'} may train no longer; ${stands}`);
    },
    async close() {
      closed = true;
      clearTimeout(absence);
      await training?.rest();
    },
  };
}

/** What can be done where this server cannot go on. */
const ELSEWHERE = 'Continue it in a browser, or choose another engine in “What trains here” for a new run.';

const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);

const spell = (step: number): string => step.toLocaleString('en-US');

const sizeOf = ({ tensors }: TrainedFrame): number => tensors.reduce((bytes, tensor) => bytes + tensorBytes(tensor), 0);
