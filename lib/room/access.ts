/**
 * Who a room lets do what: its default role, its owner's key, its invites, and the roles that its owner gave to persons in
 * place. Pure: (access, command) → access, and (access, who) → role. Keys are known here by their hashes alone.
 */
import { unreachable } from '#lib/base/assert';
import type { PersonId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { ROOM_LIMITS } from './limits.ts';
import { higher, type GivenRole, type Role } from './roles.ts';

export interface Access {
  /** Grows with every change: what was issued under an older one is looked at again. */
  readonly epoch: number;
  /** What the room's address alone gives. */
  readonly defaultRole: GivenRole;
  /** Hash of the key that its creator holds; null: the room is older than keys. */
  readonly ownerKey: string | null;
  /** Oldest first. */
  readonly invites: readonly Invite[];
  /** Roles that the owner gave to persons: they stand above the default and every invite. */
  readonly given: Readonly<Record<PersonId, GivenRole>>;
  /** A run that lost its trainer goes on on the server without being asked. */
  readonly goesOnByItself: boolean;
}

export interface Invite {
  readonly id: string;
  /** Hash of its key. */
  readonly key: string;
  readonly role: GivenRole;
  /** ms since 1970 */
  readonly madeAt: number;
  /** ms since 1970; null: never */
  readonly expiresAt: number | null;
}

export const newAccess = (ownerKey: string | null): Access => ({
  epoch: 1,
  defaultRole: 'editor',
  ownerKey,
  invites: [],
  given: {},
  goesOnByItself: false,
});

export interface Claim {
  readonly person: PersonId;
  /** Hashes of the keys that were shown. */
  readonly keys: readonly string[];
  /** Server's clock, ms since 1970. */
  readonly now: number;
}

/** What a person may be, seated: the owner's key wins, then what the owner gave, then the best of default and invites. */
export function roleOf(access: Access, { person, keys, now }: Claim): Role {
  if (access.ownerKey !== null && keys.includes(access.ownerKey)) return 'owner';
  const given = Object.hasOwn(access.given, person) ? access.given[person] : undefined;
  if (given !== undefined) return given;
  const invited = access.invites.filter((invite) => keys.includes(invite.key) && isValid(invite, now));
  return invited.map(({ role }) => role).reduce<Role>(higher, access.defaultRole);
}

/** The role that a key gives now; null: none, it is foreign, revoked or has expired. */
export function keyGives(access: Access, key: string, now: number): Role | null {
  if (key === access.ownerKey) return 'owner';
  return access.invites.find((invite) => invite.key === key && isValid(invite, now))?.role ?? null;
}

const isValid = ({ expiresAt }: Invite, now: number): boolean => expiresAt === null || now < expiresAt;

/** Without the invites that have expired; the same where there are none. */
export function withoutExpired(access: Access, now: number): Access {
  const invites = access.invites.filter((invite) => isValid(invite, now));
  return invites.length === access.invites.length ? access : { ...access, invites, epoch: access.epoch + 1 };
}

/** When someone's role next changes by itself; undefined: never. */
export const nextExpiry = ({ invites }: Access, now: number): number | undefined =>
  invites
    .flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []))
    .sort((a, b) => a - b)[0];

export type AccessCommand =
  | { readonly type: 'default-role'; readonly role: GivenRole }
  /** `days` null: it does not expire. */
  | { readonly type: 'invite'; readonly role: GivenRole; readonly days: number | null }
  | { readonly type: 'revoke'; readonly invite: string }
  /** Another key in its place; the old one opens nothing any more. */
  | { readonly type: 'rotate'; readonly invite: string }
  /** null: back to what this person's link gives. */
  | { readonly type: 'give-role'; readonly person: PersonId; readonly role: GivenRole | null }
  | { readonly type: 'goes-on-by-itself'; readonly allowed: boolean };

/** What a command may need that is not in it. */
export interface Means {
  /** Server's clock, ms since 1970. */
  readonly now: number;
  /** A new invite's id and the hash of its key. */
  readonly id: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

export function changeAccess(access: Access, command: AccessCommand, means: Means): Result<Access> {
  const next = apply(access, command, means);
  return next.ok ? ok({ ...next.value, epoch: access.epoch + 1 }) : next;
}

function apply(access: Access, command: AccessCommand, { now, id, key }: Means): Result<Access> {
  switch (command.type) {
    case 'default-role':
      return ok({ ...access, defaultRole: command.role });
    case 'invite': {
      const expiresAt = command.days === null ? null : now + command.days * DAY_MS;
      return withInvite(access, { id, key, role: command.role, madeAt: now, expiresAt });
    }
    case 'revoke':
      return replaceInvite(access, command.invite, () => []);
    case 'rotate':
      return replaceInvite(access, command.invite, (invite) => [{ ...invite, id, key }]);
    case 'give-role':
      return giveRole(access, command.person, command.role);
    case 'goes-on-by-itself':
      return ok({ ...access, goesOnByItself: command.allowed });
    default:
      return unreachable(command);
  }
}

function withInvite(access: Access, invite: Invite): Result<Access> {
  const valid = access.invites.filter((held) => isValid(held, invite.madeAt));
  if (valid.length >= ROOM_LIMITS.invites)
    return refuse('limit', `A room has at most ${ROOM_LIMITS.invites} invitations. Revoke one that is not needed.`);
  return ok({ ...access, invites: [...valid, invite] });
}

function replaceInvite(access: Access, id: string, by: (invite: Invite) => readonly Invite[]): Result<Access> {
  if (!access.invites.some((invite) => invite.id === id))
    return refuse('not-found', 'That invitation is not there any more.', 'invite');
  return ok({ ...access, invites: access.invites.flatMap((invite) => (invite.id === id ? by(invite) : [invite])) });
}

function giveRole(access: Access, person: PersonId, role: GivenRole | null): Result<Access> {
  const others = Object.entries(access.given).filter(([id]) => id !== person) as [PersonId, GivenRole][];
  if (role !== null && others.length >= ROOM_LIMITS.givenRoles)
    return refuse('limit', `At most ${ROOM_LIMITS.givenRoles} people of a room have a role of their own.`);
  return ok({ ...access, given: Object.fromEntries(role === null ? others : [...others, [person, role]]) });
}
