/**
 * What a command does to a room's run: decided purely here, acted upon by the server. `decide(room, command, actor)` gives the
 * effects, in order, or a refusal; it changes nothing itself.
 */
import { unreachable } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import type { RunId } from '#lib/base/id';
import { isActive, presentSpec, type RunPlace, type RunRecord, type RunStatus } from '#lib/runs/record';
import { AMENDMENTS, checkChange, type SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import { checkRun } from '#lib/spec/resolve';
import { can, type Role } from './roles.ts';

/** What a decision needs to know of the room's run. */
export interface RoomRun {
  readonly record: RunRecord;
}

export type Command =
  | {
      readonly type: 'start';
      readonly experiment: string;
      readonly spec: RunSpec;
      readonly place: RunPlace;
      readonly paused: boolean;
      /** Of the server, by name; absent: the one that it chooses. */
      readonly engine?: string | undefined;
    }
  | { readonly type: 'control'; readonly run: RunId; readonly action: ControlAction }
  /** Change its data or its learning rate while it trains. */
  | { readonly type: 'amend'; readonly run: RunId; readonly change: SpecChange }
  /** Go on with a run whose trainer is gone. */
  | { readonly type: 'continue'; readonly run: RunId; readonly place: RunPlace };

export type ControlAction = 'pause' | 'resume' | 'step' | 'stop';

export interface Actor {
  readonly connection: string;
  readonly role: Role;
}

/** Holder of the runs trained here. */
export const SERVER_HOLDER = 'server';

export type Effect =
  /** End the present run and tell its trainer. */
  | { readonly type: 'end'; readonly run: RunId }
  /** Make a new run the room's, held by `holder`, allowed to train up to `target`. */
  | {
      readonly type: 'begin';
      readonly experiment: string;
      readonly spec: RunSpec;
      readonly place: RunPlace;
      readonly holder: string;
      readonly target: number;
      readonly engine?: string;
    }
  /** Go on with the present run from its last checkpoint, held by `holder`. */
  | { readonly type: 'hand-over'; readonly place: RunPlace; readonly holder: string }
  /** Ask the trainer for a change. */
  | { readonly type: 'amend'; readonly run: RunId; readonly change: SpecChange }
  /** Tell the trainer how far it may go. */
  | { readonly type: 'target'; readonly run: RunId; readonly target: number | 'stop' };

export function decide(current: RoomRun | null, command: Command, actor: Actor): Result<readonly Effect[]> {
  if (!can(actor.role, 'control-run'))
    return refuse('forbidden', 'You are watching. Join the room to run experiments in it.');
  switch (command.type) {
    case 'start':
      return decideStart(current, command, actor);
    case 'control':
      return decideControl(current, command);
    case 'amend':
      return decideAmend(current, command);
    case 'continue':
      return decideContinue(current, command, actor);
    default:
      return unreachable(command);
  }
}

function decideStart(
  current: RoomRun | null,
  { experiment, spec, place, paused, engine }: Extract<Command, { type: 'start' }>,
  actor: Actor,
): Result<readonly Effect[]> {
  const checked = checkRun(spec);
  if (!checked.ok) return checked;
  const end: Effect[] =
    current !== null && isActive(current.record.status) ? [{ type: 'end', run: current.record.id }] : [];
  if (engine !== undefined && place !== 'server')
    return refuse('invalid', 'Which engine a browser trains on is its own choice: engine is the server’s.', 'engine');
  const holder = holderOf(place, actor);
  const asked = engine === undefined ? {} : { engine };
  return ok([...end, { type: 'begin', experiment, spec, place, holder, target: paused ? 0 : spec.steps, ...asked }]);
}

function decideControl(
  current: RoomRun | null,
  { run, action }: Extract<Command, { type: 'control' }>,
): Result<readonly Effect[]> {
  if (current?.record.id !== run) return NOT_THE_ROOMS;
  const { status, spec } = current.record;
  const refusal = whyNotTrained(status, 'action');
  if (refusal !== undefined) return refusal;
  const targets = { pause: 0, resume: spec.steps, step: status.step + 1, stop: 'stop' } as const;
  return ok([{ type: 'target', run, target: targets[action] }]);
}

function whyNotTrained(status: RunStatus, field: string): Result<never> | undefined {
  if (status.phase === 'orphaned')
    return refuse('conflict', 'Nobody trains this run at the moment. Continue it first, or press Run.', field);
  if (isActive(status)) return undefined;
  const ended = status.phase === 'failed' ? 'failed' : status.phase;
  return refuse('conflict', `The run has ${ended}. Press Run for a new one.`, field);
}

function decideAmend(
  current: RoomRun | null,
  { run, change }: Extract<Command, { type: 'amend' }>,
): Result<readonly Effect[]> {
  if (current?.record.id !== run) return NOT_THE_ROOMS;
  const { record } = current;
  const refusal = whyNotTrained(record.status, 'run');
  if (refusal !== undefined) return refusal;
  if (record.amendments.length >= AMENDMENTS)
    return refuse('limit', `A run can be changed ${AMENDMENTS} times. Press Run to start afresh.`, 'change');
  const checked = checkChange(presentSpec(record), change);
  return checked.ok ? ok([{ type: 'amend', run, change }]) : checked;
}

function decideContinue(
  current: RoomRun | null,
  { run, place }: Extract<Command, { type: 'continue' }>,
  actor: Actor,
): Result<readonly Effect[]> {
  if (current?.record.id !== run) return NOT_THE_ROOMS;
  if (current.record.status.phase !== 'orphaned')
    return refuse('conflict', 'Someone else goes on with this run already, or it has ended.', 'run');
  return ok([{ type: 'hand-over', place, holder: holderOf(place, actor) }]);
}

const holderOf = (place: RunPlace, actor: Actor): string => (place === 'browser' ? actor.connection : SERVER_HOLDER);

const NOT_THE_ROOMS = refuse('not-found', 'That run is no longer the room’s. The newest one is shown.', 'run');
