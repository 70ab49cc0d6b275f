/**
 * The run of one room: what people ask of it is decided by `lib/room/decide` and carried out here; `present-run.ts` keeps it, and
 * `trainers.ts` sees to who trains it, a browser's tab or a process of this server.
 */
import { randomBytes } from 'node:crypto';
import { idFromBytes, type RoomId, type RunId } from '#lib/base/id';
import { present, unreachable } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import { decide, type Command, type ControlAction, type Effect } from '#lib/room/decide';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { createAssembly, partAt, type Part } from '#lib/runs/parts';
import { isActive, type RunPlace, type RunRecord, type Source } from '#lib/runs/record';
import type { SpecChange } from '#lib/spec/change';
import { specHash } from '#lib/spec/hash';
import type { Limits } from '#lib/wire/limits';
import type {
  CheckpointPartRequest,
  CheckpointRequest,
  ContinueReply,
  FrameReply,
  PublishRequest,
  RunSnapshot,
  StartReply,
  StartRequest,
  Subscription,
} from '#lib/wire/protocol';
import type { TrainingQueue } from '../compute/queue.ts';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import type { RunChange, StoredRun } from '../storage/storage.ts';
import type { WholeRun } from './whole-run.ts';
import { originFrom, type Origin } from './origin.ts';
import { createPresentRun } from './present-run.ts';
import { fromStored } from './stored-run.ts';
import { checkpointBytes, newRun, readCheckpoint, whyAhead, type LiveRun } from './stream.ts';
import { createTrainers, inBrowserOf, THE_SERVER } from './trainers.ts';
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

export function createRuns(dependencies: RunsDependencies, stored: StoredRun | undefined): Runs {
  const { people, queue, limits, now } = dependencies;
  const viewers = createViewers(now);
  const parts = createAssembly();
  const presentRun = createPresentRun(
    { ...dependencies, viewers, failed: dependencies.saveFailed },
    stored === undefined ? null : fromStored(stored),
  );
  const trainers = createTrainers({ ...dependencies, present: presentRun });

  const decideFor = ({ connection, person }: Member, command: Command): Result<readonly Effect[]> =>
    decide(presentRun.now(), command, { connection: connection.id, role: person.role });

  function obey(member: Member, command: Command, origin: Origin | null = null): Result<null> {
    const decided = decideFor(member, command);
    if (!decided.ok) return decided;
    if (decided.value.some(({ type }) => type === 'amend') && !trainers.isInReach()) return TRAINER_AWAY;
    const cannot = decided.value.map(whyNoEngine).find((refusal) => refusal !== undefined);
    if (cannot !== undefined) return cannot;
    if (decided.value.some(needsServer) && !queue.hasRoom(trainers.isHere())) return SERVER_BUSY;
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

  const needsServer = (effect: Effect): boolean => {
    if (effect.type === 'amend') return false;
    if (effect.type === 'target') return presentRun.now()?.record.place === 'server' && !trainers.isHere();
    return effect.type !== 'end' && effect.place === 'server';
  };

  function carryOut(effect: Effect, member: Member, origin: Origin | null): void {
    switch (effect.type) {
      case 'end':
        trainers.end();
        break;
      case 'begin':
        begin(effect, member, origin);
        break;
      case 'hand-over':
        trainers.handOver(effect.place === 'server' ? THE_SERVER : inBrowserOf(member), member.connection.id);
        break;
      case 'amend':
        trainers.amend(effect.change);
        break;
      case 'target':
        trainers.aim(effect.target);
        break;
      default:
        unreachable(effect);
    }
  }

  function begin(effect: Extract<Effect, { type: 'begin' }>, member: Member, origin: Origin | null): void {
    const record = { ...newRecord(dependencies.room, effect, member, now()), source: origin?.source ?? null };
    const run = { ...newRun(record, effect.holder, effect.target), checkpoint: origin?.checkpoint ?? null };
    presentRun.become(run, member.connection.id);
    trainers.begin(run);
  }

  function start(member: Member, request: Omit<StartRequest, 'source'>, origin: Origin | null): Result<StartReply> {
    const obeyed = obey(member, { type: 'start', ...request }, origin);
    return obeyed.ok ? ok(replyOf(present(presentRun.now(), 'the run just begun'))) : obeyed;
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
    const current = withId(run);
    if (current === undefined) return dependencies.pastFrames(run);
    const kept = current.timeline.entries.map(({ frame }) => frame);
    const { newest } = current;
    return newest === null || newest === kept.at(-1) ? kept : [...kept, newest];
  }

  /** The present run, if it is this one. */
  function withId(run: string): LiveRun | undefined {
    const current = presentRun.now();
    return current?.record.id === run ? current : undefined;
  }

  /** The run, if this connection may speak for it. */
  function heldBy(connection: string, run: string, lease: number): Result<LiveRun> {
    const current = withId(run);
    if (current === undefined) return OTHER_RUN;
    const held = current.holder === connection && current.record.lease === lease;
    return held ? ok(current) : refuse('forbidden', 'This run is trained by another.', 'lease');
  }

  function trains(connection: string): boolean {
    const current = presentRun.now();
    return hasActive(current) && current.holder === connection;
  }

  return {
    start: (member, { source, ...request }) =>
      source === undefined ? start(member, request, null) : startFrom(member, request, source),
    control: (member, { run, action }) => obey(member, { type: 'control', run, action }),
    amend: (member, { run, change }) => obey(member, { type: 'amend', run, change }),
    continue(member, request) {
      const obeyed = obey(member, { type: 'continue', ...request });
      if (!obeyed.ok) return obeyed;
      return ok(replyOf(present(presentRun.now(), 'the run that goes on')));
    },
    publish({ connection }, { run, lease, event }) {
      const held = heldBy(connection.id, run, lease);
      const told = held.ok ? presentRun.hear(held.value, event, connection.id) : held;
      return told.ok ? ok(viewers.audience(run, connection.id)) : told;
    },
    frame({ connection }, bytes) {
      const frame = decodeFrame(bytes);
      if (!frame.ok) return frame;
      const held = heldBy(connection.id, frame.value.run, frame.value.lease);
      return held.ok ? presentRun.accept(held.value, frame.value, bytes.byteLength) : held;
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
        whyAhead(held.value, read.value) ??
        presentRun.keepCheckpoint(held.value, { step: read.value.step, bytes: whole.value })
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
      const current = withId(subscription.run);
      if (current === undefined) return OTHER_RUN;
      viewers.subscribe(member, subscription);
      // The trainer draws its own.
      if (current.newest !== null && current.holder !== member.connection.id)
        member.connection.send('frame', cutFrame(current.newest, subscription));
      return ok(null);
    },
    timeline({ run, ...cut }) {
      const current = withId(run);
      if (current === undefined) return OTHER_RUN;
      return ok(packFrames(current.timeline.entries.map(({ frame }) => cutFrame(frame, cut))));
    },
    snapshot(connection) {
      const current = presentRun.now();
      if (current === null) return null;
      const { record, metrics, newest } = current;
      return { record, metrics, frame: newest && encodeFrame(newest), held: trains(connection) };
    },
    rebind(member, { run, lease }) {
      if (withId(run)?.record.lease === lease) trainers.isBack(member);
    },
    leave(connection) {
      viewers.leave(connection);
      if (trains(connection)) trainers.isGone();
    },
    dismiss(connection) {
      if (trains(connection)) trainers.dismiss();
    },
    whole(run) {
      const current = withId(run);
      if (current === undefined) return undefined;
      const { record, metrics, timeline } = current;
      return { record, metrics, frames: timeline.entries.map(({ frame }) => frame) };
    },
    isCurrent: (run) => withId(run) !== undefined,
    isActive: () => hasActive(presentRun.now()),
    isTraining: () => trainers.isHere() && presentRun.now()?.record.status.phase !== 'paused',
    async close() {
      await trainers.close();
      await presentRun.settled();
    },
  };
}

const hasActive = (run: LiveRun | null): run is LiveRun => run !== null && isActive(run.record.status);

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
