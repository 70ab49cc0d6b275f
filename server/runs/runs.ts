/**
 * The run of one room: what people ask of it is decided by `lib/room/decide` and carried out here; what its trainer says of it
 * is checked by `stream.ts`, kept, and told to the room. The trainer is a browser's tab or a process of this server; after
 * the publisher nobody can tell which.
 */
import { randomBytes } from 'node:crypto';
import { idFromBytes, type RoomId, type RunId } from '#lib/base/id';
import { present, unreachable } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import { decide, type Command, type ControlAction, type Effect } from '#lib/room/decide';
import type { RunEvent, TrainedFrame } from '#lib/runs/events';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { isActive, type RunRecord } from '#lib/runs/record';
import { specHash } from '#lib/spec/hash';
import type { Limits } from '#lib/wire/limits';
import type {
  FrameReply,
  PublishedEvent,
  PublishRequest,
  RunSnapshot,
  StartReply,
  StartRequest,
  Subscription,
} from '#lib/wire/protocol';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import type { StoredRun } from '../storage/storage.ts';
import type { ServerTrainers, ServerTraining } from './server-trainers.ts';
import { fromStored, toStored } from './stored-run.ts';
import { newRun, withEvent, withFrame, type LiveRun } from './stream.ts';
import { createViewers, cutFrame } from './viewers.ts';

export interface Runs {
  start(member: Member, request: StartRequest): Result<StartReply>;
  control(member: Member, request: { run: RunId; action: ControlAction }): Result<null>;
  publish(member: Member, request: PublishRequest): Result<FrameReply>;
  frame(member: Member, bytes: Uint8Array): Result<FrameReply>;
  subscribe(member: Member, subscription: Subscription): Result<null>;
  timeline(request: Omit<Subscription, 'maxHz'>): Result<Uint8Array>;
  snapshot(connection: string): RunSnapshot | null;
  /** A trainer that lost its connection is back on another. */
  rebind(member: Member, holds: { run: RunId; lease: number }): void;
  leave(connection: string): void;
  isActive(): boolean;
  /** Ends what is being trained, as far as it came, and keeps it. */
  close(): void;
}

export interface RunsDependencies {
  readonly room: RoomId;
  readonly people: People;
  readonly audience: Audience;
  readonly trainers: ServerTrainers;
  readonly limits: Limits;
  readonly now: () => number;
  /** Writes the run as it stands. */
  readonly keep: (run: StoredRun) => void;
}

export function createRuns(dependencies: RunsDependencies, stored: StoredRun | undefined): Runs {
  const { people, audience, trainers, limits, now } = dependencies;
  const viewers = createViewers(now);
  let current = stored === undefined ? null : fromStored(stored);
  let training: ServerTraining | undefined;
  let grace: NodeJS.Timeout | undefined;

  /** The run after a change, told to everyone but the connection it came from. */
  function become(run: LiveRun, from: string | null): void {
    const changed = run.record !== current?.record;
    current = run;
    if (changed) audience.tell(from, 'run', run.record);
    if (changed && !isActive(run.record.status)) ended(run);
  }

  function ended(run: LiveRun): void {
    clearTimeout(grace);
    training = undefined;
    dependencies.keep(toStored(run));
  }

  /** Something that the server itself says of the run. */
  function declare(run: LiveRun, event: PublishedEvent): void {
    const next = withEvent(run, event);
    if (next.ok) become(next.value, null);
  }

  const actorOf = (member: Member): { connection: string; role: Member['person']['role'] } => ({
    connection: member.connection.id,
    role: member.person.role,
  });

  function start(member: Member, request: StartRequest): Result<StartReply> {
    const command: Command = { type: 'start', ...request };
    const decided = decide(current, command, actorOf(member));
    if (!decided.ok) return decided;
    if (request.place === 'server' && !trainers.hasRoom(training))
      return refuse('limit', 'The server trains as much as it can. Train in this browser, or try again in a minute.');
    for (const effect of decided.value) carryOut(effect, member);
    const { record, lease, target } = present(current, 'the run just begun');
    return ok({ record, lease: lease.number, target: target === 'stop' ? 0 : target });
  }

  function control(member: Member, { run, action }: { run: RunId; action: ControlAction }): Result<null> {
    const decided = decide(current, { type: 'control', run, action }, actorOf(member));
    if (!decided.ok) return decided;
    for (const effect of decided.value) carryOut(effect, member);
    return ok(null);
  }

  function carryOut(effect: Effect, member: Member): void {
    switch (effect.type) {
      case 'end':
        end();
        break;
      case 'begin':
        begin(effect, member);
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

  function begin(effect: Extract<Effect, { type: 'begin' }>, member: Member): void {
    const record = newRecord(dependencies.room, effect, member, now());
    const lease = { number: (current?.lease.number ?? 0) + 1, holder: effect.holder };
    const run = newRun(record, lease, effect.target);
    dependencies.keep(toStored(run));
    become(run, member.connection.id);
    if (effect.place === 'server') trainHere(run, effect.target);
  }

  function trainHere({ record, lease }: LiveRun, target: number): void {
    let seq = 0;
    const heard = (event: RunEvent): void => {
      if (current?.record.id !== record.id) return;
      if (event.type === 'frame')
        showFrame(current, { ...event.frame, run: record.id, lease: lease.number, seq: ++seq });
      else if (event.type !== 'checkpoint') tell(current, event, null);
    };
    training = trainers.start(record.spec, heard, target);
  }

  /** Frames of this server's own trainers pass the same checks as a stranger's. */
  const showFrame = (run: LiveRun, frame: Frame): Result<FrameReply> => accept(run, frame, sizeOf(frame));

  function aim(target: number | 'stop'): void {
    if (current === null) return;
    current = { ...current, target };
    const { record, lease } = current;
    if (record.place === 'server') training?.setTarget(target);
    else people.member(lease.holder)?.connection.send('target', record.id, lease.number, target);
  }

  function tell(run: LiveRun, event: PublishedEvent, from: string | null): Result<null> {
    const next = withEvent(run, event);
    if (!next.ok) return next;
    if (event.type === 'metrics') {
      // A step forward is in the metrics; the record need not be told with it.
      current = next.value;
      audience.tell(from, 'metrics', run.record.id, event);
    } else become(next.value, from);
    return ok(null);
  }

  function accept(run: LiveRun, frame: Frame, bytes: number): Result<FrameReply> {
    const next = withFrame(run, frame, bytes);
    if (!next.ok) return next;
    current = next.value;
    viewers.show(frame, run.lease.holder);
    return ok(viewers.audience(frame.run, run.lease.holder));
  }

  /** The run, if this connection may speak for it. */
  function heldBy(connection: string, run: string, lease: number): Result<LiveRun> {
    if (current?.record.id !== run) return refuse('not-found', 'The room has another run by now.', 'run');
    const held = current.lease.holder === connection && current.lease.number === lease;
    return held ? ok(current) : refuse('forbidden', 'This run is trained by another.', 'lease');
  }

  function fail(message: (step: string) => string): void {
    if (current === null || !isActive(current.record.status)) return;
    const { step } = current.record.status;
    declare(current, { type: 'failed', step, message: message(step.toLocaleString('en-US')) });
  }

  /** The tab is gone: perhaps it only lost its connection. */
  function trainerLeft({ record }: LiveRun): void {
    const { name } = record.startedBy;
    const giveUp = (): void =>
      fail((step) => `${name}’s browser stopped training at step ${step}. Press Run to train it again.`);
    clearTimeout(grace);
    grace = setTimeout(giveUp, limits.trainerGrace);
  }

  return {
    start,
    control,
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
    subscribe(member, subscription) {
      if (current?.record.id !== subscription.run)
        return refuse('not-found', 'The room has another run by now.', 'run');
      viewers.subscribe(member, subscription);
      // The trainer draws its own.
      if (current.newest !== null && current.lease.holder !== member.connection.id)
        member.connection.send('frame', cutFrame(current.newest, subscription));
      return ok(null);
    },
    timeline({ run, ...cut }) {
      if (current?.record.id !== run) return refuse('not-found', 'The room has another run by now.', 'run');
      return ok(packFrames(current.timeline.entries.map(({ frame }) => cutFrame(frame, cut))));
    },
    snapshot(connection) {
      if (current === null) return null;
      const { record, metrics, newest, lease } = current;
      const held = isActive(record.status) && lease.holder === connection;
      return { record, metrics, frame: newest && encodeFrame(newest), held };
    },
    rebind({ connection, person }, { run, lease }) {
      if (current?.record.id !== run || current.lease.number !== lease) return;
      const theirs = current.record.place === 'browser' && current.record.startedBy.id === person.id;
      if (!theirs || !isActive(current.record.status)) return;
      clearTimeout(grace);
      current = { ...current, lease: { number: lease, holder: connection.id } };
      // What was asked while it was away.
      connection.send('target', run, lease, current.target);
    },
    leave(connection) {
      viewers.leave(connection);
      if (current?.lease.holder === connection && isActive(current.record.status)) trainerLeft(current);
    },
    isActive: () => current !== null && isActive(current.record.status),
    close() {
      clearTimeout(grace);
      training?.kill();
      fail((step) => `The server was stopped when this run was at step ${step}. Press Run to train it again.`);
    },
  };
}

function newRecord(
  room: RoomId,
  { experiment, spec, place }: Extract<Effect, { type: 'begin' }>,
  { person }: Member,
  startedAt: number,
): RunRecord {
  return {
    id: idFromBytes<'run'>(randomBytes(16)),
    room,
    experiment,
    spec,
    specHash: specHash(spec),
    place,
    startedBy: { id: person.id, name: person.name },
    startedAt,
    engine: null,
    status: { phase: 'starting', step: 0 },
  };
}

const sizeOf = ({ tensors }: TrainedFrame): number =>
  tensors.reduce((bytes, tensor) => bytes + tensor.data.byteLength, 0);
