/**
 * What a command does to a room's run: decided purely here, acted upon by the server. `decide(room, command, actor)` gives the
 * effects, in order, or a refusal; it changes nothing itself.
 */
import { ok, refuse, type Result } from '#lib/base/result';
import type { RunId } from '#lib/base/id';
import { isActive, type RunPlace, type RunRecord } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { checkSpec } from '#lib/spec/resolve';
import { can, type Role } from './roles.ts';

/** Who trains: a connection (a browser's tab) or the server. Grows with every hand-over, so that a late message is known as late. */
export interface Lease {
  readonly number: number;
  readonly holder: string;
}

export interface RoomRun {
  readonly record: RunRecord;
  readonly lease: Lease;
}

export type Command =
  | {
      readonly type: 'start';
      readonly experiment: string;
      readonly spec: RunSpec;
      readonly place: RunPlace;
      readonly paused: boolean;
    }
  | { readonly type: 'control'; readonly run: RunId; readonly action: ControlAction };

export type ControlAction = 'pause' | 'resume' | 'step' | 'stop';

export interface Actor {
  readonly connection: string;
  readonly role: Role;
}

/** Holder of the leases of runs trained here. */
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
    }
  /** Tell the trainer how far it may go. */
  | { readonly type: 'target'; readonly run: RunId; readonly target: number | 'stop' };

export function decide(current: RoomRun | null, command: Command, actor: Actor): Result<readonly Effect[]> {
  if (!can(actor.role, 'control-run'))
    return refuse('forbidden', 'You are watching. Join the room to run experiments in it.');
  return command.type === 'start' ? decideStart(current, command, actor) : decideControl(current, command);
}

function decideStart(
  current: RoomRun | null,
  { experiment, spec, place, paused }: Extract<Command, { type: 'start' }>,
  actor: Actor,
): Result<readonly Effect[]> {
  const checked = checkSpec(spec);
  if (!checked.ok) return checked;
  const end: Effect[] =
    current !== null && isActive(current.record.status) ? [{ type: 'end', run: current.record.id }] : [];
  const holder = place === 'browser' ? actor.connection : SERVER_HOLDER;
  return ok([...end, { type: 'begin', experiment, spec, place, holder, target: paused ? 0 : spec.steps }]);
}

function decideControl(
  current: RoomRun | null,
  { run, action }: Extract<Command, { type: 'control' }>,
): Result<readonly Effect[]> {
  if (current?.record.id !== run)
    return refuse('not-found', 'That run is no longer the room’s. The newest one is shown.', 'run');
  const { status, spec } = current.record;
  if (!isActive(status))
    return refuse(
      'conflict',
      `The run has ${status.phase === 'failed' ? 'failed' : status.phase}. Press Run for a new one.`,
      'action',
    );
  const targets = { pause: 0, resume: spec.steps, step: status.step + 1, stop: 'stop' } as const;
  return ok([{ type: 'target', run, target: targets[action] }]);
}
