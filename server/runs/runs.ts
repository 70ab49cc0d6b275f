/**
 * The run of one room: what people ask of it is decided by `lib/room/decide` and carried out here; what its trainer says of it
 * is checked by `stream.ts`, kept, and told to the room. The trainer is a browser's tab or a process of this server; after
 * the publisher nobody can tell which. When the trainer is gone, another goes on from the last checkpoint.
 */
import { randomBytes } from 'node:crypto';
import { idFromBytes, type RoomId, type RunId } from '#lib/base/id';
import { present, unreachable } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import { decide, SERVER_HOLDER, type Command, type ControlAction, type Effect } from '#lib/room/decide';
import { can } from '#lib/room/roles';
import type { TrainedFrame } from '#lib/runs/events';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { createAssembly, partAt, type Part } from '#lib/runs/parts';
import {
  inLine,
  isActive,
  orphan,
  reclaim,
  type RunPlace,
  type RunRecord,
  type Waiting,
  type Source,
} from '#lib/runs/record';
import { tensorBytes } from '#lib/runs/tensor-pack';
import type { SpecChange } from '#lib/spec/change';
import { specHash } from '#lib/spec/hash';
import type { Limits } from '#lib/wire/limits';
import type {
  CheckpointPartRequest,
  CheckpointRequest,
  ContinueReply,
  FrameReply,
  PublishedEvent,
  PublishRequest,
  RunSnapshot,
  StartReply,
  StartRequest,
  Subscription,
} from '#lib/wire/protocol';
import type { QueueListener, TrainingQueue } from '../compute/queue.ts';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import type { RunChange, Snapshot, StoredRun } from '../storage/storage.ts';
import type { WholeRun } from './whole-run.ts';
import { createArchive } from './archive.ts';
import { createBreakdowns } from './breakdowns.ts';
import { startHere, type TrainingHere } from './here.ts';
import { originFrom, type Origin } from './origin.ts';
import { fromStored } from './stored-run.ts';
import {
  checkpointBytes,
  handedOver,
  newRun,
  readCheckpoint,
  whyAhead,
  withCheckpoint,
  withEvent,
  withFrame,
  type LiveRun,
} from './stream.ts';
import { createViewers, cutFrame } from './viewers.ts';

export interface Runs {
  start(member: Member, request: StartRequest): Result<StartReply> | Promise<Result<StartReply>>;
  control(member: Member, request: { run: RunId; action: ControlAction }): Result<null>;
  amend(member: Member, request: { run: RunId; change: SpecChange }): Result<null>;
  continue(member: Member, request: { run: RunId; place: RunPlace }): Result<ContinueReply>;
  publish(member: Member, request: PublishRequest): Result<FrameReply>;
  frame(member: Member, bytes: Uint8Array): Result<FrameReply>;
  checkpoint(member: Member, request: CheckpointRequest): Result<null>;
  checkpointPart(member: Member, request: CheckpointPartRequest): Result<Part>;
  subscribe(member: Member, subscription: Subscription): Result<null>;
  timeline(request: Omit<Subscription, 'maxHz'>): Result<Uint8Array>;
  snapshot(connection: string): RunSnapshot | null;
  /** A trainer that lost its connection is back on another. */
  rebind(member: Member, holds: { run: RunId; lease: number }): void;
  leave(connection: string): void;
  /** It may train no more: its run waits for another. */
  dismiss(connection: string): void;
  isCurrent(run: RunId): boolean;
  /** The present run with everything that is kept of it; undefined: it is another. */
  whole(run: RunId): WholeRun | undefined;
  isActive(): boolean;
  /** True while it is trained here: the room stays in memory, whoever is there. */
  isTraining(): boolean;
  /** Resolves when what is trained here stands still and everything is on disk. It goes on when the room is loaded again. */
  close(): Promise<void>;
}

export interface RunsDependencies {
  readonly room: RoomId;
  readonly people: People;
  readonly audience: Audience;
  readonly queue: TrainingQueue;
  readonly limits: Limits;
  readonly now: () => number;
  /** The room lets a run that lost its trainer go on here without being asked. */
  readonly goesOnByItself: () => boolean;
  /** A run has begun, or its phase is another. */
  readonly changed: (run: LiveRun) => void;
  /** What is kept of one of the room's earlier runs, oldest first. */
  readonly pastFrames: (run: RunId) => Promise<readonly Frame[]>;
  readonly save: (change: RunChange) => Promise<void>;
  readonly saveFailed: (error: unknown) => void;
}

/** Who goes on with a run; `who` begins a sentence. */
interface Successor extends Pick<RunRecord, 'place' | 'trainer'> {
  readonly who: string;
  readonly holder: string;
}

const THE_SERVER: Successor = { place: 'server', trainer: null, who: 'The server', holder: SERVER_HOLDER };

export function createRuns(dependencies: RunsDependencies, stored: StoredRun | undefined): Runs {
  const { people, audience, queue, limits, now, goesOnByItself } = dependencies;
  const viewers = createViewers(now);
  const parts = createAssembly();
  let current = stored === undefined ? null : fromStored(stored);
  const archive = createArchive({ save: dependencies.save, failed: dependencies.saveFailed }, current);
  let training: TrainingHere | undefined;
  let absence: NodeJS.Timeout | undefined;
  /** The frame last sent to all since its run stood still at it. */
  let shownStanding: Frame | null = null;
  const breakdowns = createBreakdowns(limits.trainerRestarts);
  let closed = false;

  /** The run after a change, told to everyone but the connection it came from. */
  function become(run: LiveRun, from: string | null): void {
    const before = current?.record;
    const changed = run.record !== before;
    current = run;
    if (!changed) return;
    audience.tell(from, 'run', run.record);
    archive.keep(run);
    if (isAnother(before, run.record)) dependencies.changed(run);
    if (!isActive(run.record.status)) training = undefined;
  }

  /** Something that the server itself says of the run. */
  function declare(run: LiveRun, event: PublishedEvent): void {
    const next = withEvent(run, event);
    if (next.ok) become(next.value, null);
  }

  const decideFor = ({ connection, person }: Member, command: Command): Result<readonly Effect[]> =>
    decide(current, command, { connection: connection.id, role: person.role });

  function obey(member: Member, command: Command, origin: Origin | null = null): Result<null> {
    const decided = decideFor(member, command);
    if (!decided.ok) return decided;
    if (decided.value.some(({ type }) => type === 'amend') && !reachesTrainer()) return TRAINER_AWAY;
    const cannot = decided.value.map(whyNoEngine).find((refusal) => refusal !== undefined);
    if (cannot !== undefined) return cannot;
    if (decided.value.some(needsServer) && !queue.hasRoom(training !== undefined)) return SERVER_BUSY;
    for (const effect of decided.value) carryOut(effect, member, origin);
    return ok(null);
  }

  /** One that was asked for by name trains, or nothing does. */
  function whyNoEngine(effect: Effect): Result<never> | undefined {
    if (effect.type !== 'begin' || effect.engine === undefined) return undefined;
    const { engine } = effect;
    const offer = queue.offers.find(({ name }) => name === engine);
    if (offer === undefined)
      return refuse(
        'invalid',
        `There is no engine ${engine} on this server: choose another in “What trains here”.`,
        'engine',
      );
    if (offer.missing === null) return undefined;
    return refuse('unavailable', `${offer.missing} Choose another engine in “What trains here”.`, 'engine');
  }

  /** A change is made by who trains, or not at all. */
  const reachesTrainer = (): boolean =>
    current?.record.place === 'server' || people.member(current?.holder ?? '') !== undefined;

  const needsServer = (effect: Effect): boolean => {
    if (effect.type === 'amend') return false;
    if (effect.type === 'target') return current?.record.place === 'server' && training === undefined;
    return effect.type !== 'end' && effect.place === 'server';
  };

  function carryOut(effect: Effect, member: Member, origin: Origin | null): void {
    switch (effect.type) {
      case 'end':
        end();
        break;
      case 'begin':
        begin(effect, member, origin);
        break;
      case 'hand-over':
        breakdowns.reset();
        handOver(effect.place === 'server' ? THE_SERVER : successor(member), member.connection.id);
        break;
      case 'amend':
        askForChange(effect.change);
        break;
      case 'target':
        aim(effect.target);
        break;
      default:
        unreachable(effect);
    }
  }

  function end(): void {
    aim('stop');
    training?.kill();
    if (current !== null) declare(current, { type: 'stopped', step: current.record.status.step });
  }

  function begin(effect: Extract<Effect, { type: 'begin' }>, member: Member, origin: Origin | null): void {
    clearTimeout(absence);
    breakdowns.reset();
    const record = { ...newRecord(dependencies.room, effect, member, now()), source: origin?.source ?? null };
    const run = { ...newRun(record, effect.holder, effect.target), checkpoint: origin?.checkpoint ?? null };
    become(run, member.connection.id);
    if (effect.place === 'server') trainHere(run);
  }

  function start(member: Member, request: Omit<StartRequest, 'source'>, origin: Origin | null): Result<StartReply> {
    const obeyed = obey(member, { type: 'start', ...request }, origin);
    return obeyed.ok ? ok(replyOf(present(current, 'the run just begun'))) : obeyed;
  }

  /** With another run's weights: who may not start is told before anything is read from disk. */
  async function startFrom(
    member: Member,
    request: Omit<StartRequest, 'source'>,
    source: Source,
  ): Promise<Result<StartReply>> {
    const decided = decideFor(member, { type: 'start', ...request });
    if (!decided.ok) return decided;
    const origin = originFrom(request.spec, source, await framesOf(source.run));
    if (!origin.ok) return origin;
    // Gone meanwhile: nobody would train it.
    return people.member(member.connection.id) === undefined ? GONE : start(member, request, origin.value);
  }

  async function framesOf(run: RunId): Promise<readonly Frame[]> {
    if (current?.record.id !== run) return dependencies.pastFrames(run);
    const kept = current.timeline.entries.map(({ frame }) => frame);
    const { newest } = current;
    return newest === null || newest === kept.at(-1) ? kept : [...kept, newest];
  }

  /** Another goes on with the run from its last checkpoint, and everyone is told why. */
  function handOver({ who, holder, ...to }: Successor, from: string | null, target = current?.record.spec.steps): void {
    if (current === null || target === undefined) return;
    clearTimeout(absence);
    const { status } = current.record;
    const step = spell(current.checkpoint?.step ?? 0);
    const words = status.phase === 'orphaned' ? `${status.message} ${who} went on from step ${step}.` : null;
    const run = handedOver(current, { ...to, words }, holder, target);
    become(run, from);
    if (to.place === 'server') trainHere(run);
  }

  function trainHere(run: LiveRun): void {
    const { id, lease } = run.record;
    const still = (act: (now: LiveRun) => unknown): void => {
      if (current?.record.id === id && current.record.lease === lease) act(current);
    };
    training = startHere(queue, run, {
      event: (event) => still((now) => heard(now, event)),
      frame: (frame) => still((now) => accept(now, frame, sizeOf(frame))),
      checkpoint: (checkpoint) => still((now) => keepCheckpoint(now, checkpoint)),
      lost: (...words) => still((now) => trainingBroke(now, ...words)),
      waits: (where) => still((now) => standInLine(now, where)),
    });
  }

  /** Others train first. Where it stands by now is told, and not written. */
  function standInLine(run: LiveRun, where: Waiting): void {
    const record = inLine(run.record, where);
    if (run.record.status.phase !== 'starting') become({ ...run, record }, null);
    else {
      current = { ...run, record };
      audience.tell(null, 'run', record);
    }
  }

  function trainingBroke(run: LiveRun, ...[what, change]: Parameters<QueueListener['lost']>): void {
    const { again, message } = breakdowns.at(run.record.status.step, what, change);
    becomeOrphan(run, message);
    if (again && !closed) handOver({ ...THE_SERVER, who: 'It' }, null);
  }

  /** What cannot be begun again, as a card that does not come back, may still go on elsewhere. */
  function heard(run: LiveRun, event: PublishedEvent): void {
    const { step } = run.record.status;
    if (event.type === 'failed' && breakdowns.holdBack(step))
      becomeOrphan(run, `${event.message} The run stands at step ${spell(step)}.`);
    else tell(run, event, null);
  }

  function becomeOrphan(run: LiveRun, message: string): void {
    become({ ...run, record: orphan(run.record, message) }, null);
  }

  function aim(target: number | 'stop'): void {
    if (current === null) return;
    current = { ...current, target };
    const { record, holder } = current;
    if (record.place === 'browser') people.member(holder)?.connection.send('target', record.id, record.lease, target);
    else if (training !== undefined) training.setTarget(target);
    else if (target === 'stop') declare(current, { type: 'stopped', step: record.status.step });
    // It was paused when the room was put away.
    else if (target > record.status.step) handOver(THE_SERVER, null, target);
  }

  function askForChange(change: SpecChange): void {
    if (current === null) return;
    const { record, holder } = current;
    if (record.place === 'browser') people.member(holder)?.connection.send('amend', record.id, record.lease, change);
    else if (training !== undefined) training.amend(change);
    // It was paused when the room was put away, and goes on from there.
    else declare(current, { type: 'amended', step: record.status.step, change });
  }

  function tell(run: LiveRun, event: PublishedEvent, from: string | null): Result<null> {
    const next = withEvent(run, event);
    if (!next.ok) return next;
    if (event.type === 'metrics') {
      // A step forward is in the metrics; the record need not be told with it.
      current = next.value;
      audience.tell(from, 'metrics', run.record.id, event);
    } else {
      if (event.type === 'paused' || event.type === 'stopped') showWhereItStands(run);
      become(next.value, from);
    }
    return ok(null);
  }

  /** Nothing comes after it for a while: who was not due for it, or too busy, is sent it now. */
  function showWhereItStands({ newest, holder }: LiveRun): void {
    if (newest === null || newest.kept || newest === shownStanding) return;
    shownStanding = newest;
    viewers.show(newest, holder, true);
  }

  /** Frames of this server's own trainers pass the same checks as a stranger's. */
  function accept(run: LiveRun, frame: Frame, bytes: number): Result<FrameReply> {
    const next = withFrame(run, frame, bytes);
    if (!next.ok) return next;
    current = next.value;
    viewers.show(frame, run.holder);
    return ok(viewers.audience(frame.run, run.holder));
  }

  function keepCheckpoint(run: LiveRun, checkpoint: Snapshot): Result<null> {
    const next = withCheckpoint(run, checkpoint);
    if (!next.ok) return next;
    current = next.value;
    archive.keep(current);
    return ok(null);
  }

  /** The run, if this connection may speak for it. */
  function heldBy(connection: string, run: string, lease: number): Result<LiveRun> {
    if (current?.record.id !== run) return OTHER_RUN;
    const held = current.holder === connection && current.record.lease === lease;
    return held ? ok(current) : refuse('forbidden', 'This run is trained by another.', 'lease');
  }

  /** The tab is gone: perhaps it only lost its connection. */
  function waitForTrainer(grace: number): void {
    clearTimeout(absence);
    absence = setTimeout(() => {
      if (current === null || !isActive(current.record.status)) return;
      const { status, trainer } = current.record;
      becomeOrphan(current, `${trainer?.name ?? 'Its'}’s browser stopped training at step ${spell(status.step)}.`);
      if (goesOnByItself()) absence = setTimeout(goOnHere, limits.handOverDelay);
    }, grace);
  }

  /** Where there is room for one more; else it waits for someone to press. */
  function goOnHere(): void {
    if (current?.record.status.phase === 'orphaned' && queue.hasRoom(training !== undefined))
      handOver(THE_SERVER, null);
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

  if (current !== null) wake(current);

  return {
    start: (member, { source, ...request }) =>
      source === undefined ? start(member, request, null) : startFrom(member, request, source),
    control: (member, { run, action }) => obey(member, { type: 'control', run, action }),
    amend: (member, { run, change }) => obey(member, { type: 'amend', run, change }),
    continue(member, request) {
      const obeyed = obey(member, { type: 'continue', ...request });
      if (!obeyed.ok) return obeyed;
      return ok(replyOf(present(current, 'the run that goes on')));
    },
    publish({ connection }, { run, lease, event }) {
      const held = heldBy(connection.id, run, lease);
      const told = held.ok ? tell(held.value, event, connection.id) : held;
      return told.ok ? ok(viewers.audience(run, connection.id)) : told;
    },
    frame({ connection }, bytes) {
      const frame = decodeFrame(bytes);
      if (!frame.ok) return frame;
      const held = heldBy(connection.id, frame.value.run, frame.value.lease);
      return held.ok ? accept(held.value, frame.value, bytes.byteLength) : held;
    },
    checkpoint({ connection }, { run, lease, ...part }) {
      const held = heldBy(connection.id, run, lease);
      if (!held.ok) return held;
      const { spec } = held.value.record;
      const whole = parts.add(part, checkpointBytes(spec));
      if (!whole.ok || whole.value === null) return whole.ok ? ok(null) : whole;
      const read = readCheckpoint(spec, whole.value);
      if (!read.ok) return read;
      return (
        whyAhead(held.value, read.value) ?? keepCheckpoint(held.value, { step: read.value.step, bytes: whole.value })
      );
    },
    checkpointPart({ connection }, { run, lease, step, offset }) {
      const held = heldBy(connection.id, run, lease);
      if (!held.ok) return held;
      const { checkpoint } = held.value;
      if (checkpoint?.step !== step || offset > checkpoint.bytes.length)
        return refuse('not-found', 'There is no such part of the checkpoint.', 'step');
      return ok(partAt(checkpoint.bytes, offset, limits.checkpointPart));
    },
    subscribe(member, subscription) {
      if (current?.record.id !== subscription.run) return OTHER_RUN;
      viewers.subscribe(member, subscription);
      // The trainer draws its own.
      if (current.newest !== null && current.holder !== member.connection.id)
        member.connection.send('frame', cutFrame(current.newest, subscription));
      return ok(null);
    },
    timeline({ run, ...cut }) {
      if (current?.record.id !== run) return OTHER_RUN;
      return ok(packFrames(current.timeline.entries.map(({ frame }) => cutFrame(frame, cut))));
    },
    snapshot(connection) {
      if (current === null) return null;
      const { record, metrics, newest, holder } = current;
      const held = isActive(record.status) && holder === connection;
      return { record, metrics, frame: newest && encodeFrame(newest), held };
    },
    rebind({ connection, person }, { run, lease }) {
      if (current?.record.id !== run || current.record.lease !== lease) return;
      const { trainer, status } = current.record;
      if (trainer?.id !== person.id || !can(person.role, 'control-run')) return;
      if (!isActive(status) && status.phase !== 'orphaned') return;
      clearTimeout(absence);
      const stands = current.target !== 'stop' && current.target <= status.step;
      const record = reclaim(current.record, stands ? 'paused' : 'running');
      become({ ...current, record, holder: connection.id }, connection.id);
      // What was asked while it was away.
      connection.send('target', run, lease, current.target);
    },
    leave(connection) {
      viewers.leave(connection);
      const leaves = current?.holder === connection && isActive(current.record.status);
      if (leaves && !closed) waitForTrainer(limits.trainerGrace);
    },
    dismiss(connection) {
      if (current?.holder !== connection || !isActive(current.record.status)) return;
      aim('stop');
      const { status, trainer } = current.record;
      becomeOrphan(
        current,
        `${trainer?.name ?? 'Someone'} may train no longer; the run stands at step ${spell(status.step)}.`,
      );
    },
    whole(run) {
      if (current?.record.id !== run) return undefined;
      const { record, metrics, timeline } = current;
      return { record, metrics, frames: timeline.entries.map(({ frame }) => frame) };
    },
    isCurrent: (run) => current?.record.id === run,
    isActive: () => current !== null && isActive(current.record.status),
    isTraining: () => training !== undefined && current?.record.status.phase !== 'paused',
    async close() {
      closed = true;
      clearTimeout(absence);
      await training?.rest();
      if (current !== null) archive.keep(current);
      await archive.settled();
    },
  };
}

const SERVER_BUSY = refuse(
  'limit',
  'Too many runs wait for the server already. Train in this browser, or try again in a few minutes.',
);
const TRAINER_AWAY = refuse(
  'unavailable',
  'Who trains this run is away at the moment. Nothing was changed; try again in a few seconds.',
  'run',
);
const GONE = refuse('unavailable', 'The connection was lost. Nothing was started.');
const OTHER_RUN = refuse('not-found', 'The room has another run by now.', 'run');

const replyOf = ({ record, target, checkpoint }: LiveRun): StartReply => ({
  record,
  checkpoint: checkpoint?.step ?? null,
  lease: record.lease,
  target: target === 'stop' ? 0 : target,
});

const successor = ({ person: { id, name }, connection }: Member): Successor => ({
  place: 'browser',
  trainer: { id, name },
  who: `${name}’s browser`,
  holder: connection.id,
});

const spell = (step: number): string => step.toLocaleString('en-US');

function newRecord(
  room: RoomId,
  { experiment, spec, place, engine }: Extract<Effect, { type: 'begin' }>,
  { person }: Member,
  startedAt: number,
): RunRecord {
  const by = { id: person.id, name: person.name };
  return {
    id: idFromBytes<'run'>(randomBytes(16)),
    room,
    experiment,
    spec,
    specHash: specHash(spec),
    amendments: [],
    presentHash: specHash(spec),
    source: null,
    startedBy: by,
    startedAt,
    place,
    trainer: place === 'server' ? null : by,
    lease: 1,
    handOver: null,
    engine: null,
    ...(engine === undefined ? {} : { asked: engine }),
    status: { phase: 'starting', step: 0 },
  };
}

/** For the list of runs: not for every step. */
const isAnother = (before: RunRecord | undefined, { id, status, amendments }: RunRecord): boolean =>
  before?.id !== id || before.status.phase !== status.phase || before.amendments.length !== amendments.length;

const sizeOf = ({ tensors }: TrainedFrame): number => tensors.reduce((bytes, tensor) => bytes + tensorBytes(tensor), 0);
