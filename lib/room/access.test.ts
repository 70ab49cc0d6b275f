import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonId } from '#lib/base/id';
import {
  changeAccess,
  keyGives,
  newAccess,
  nextExpiry,
  roleOf,
  withoutExpired,
  type Access,
  type AccessCommand,
} from './access.ts';
import { ROOM_LIMITS } from './limits.ts';
import { can, GIVEN_ROLES, higher, ROLES, type Action } from './roles.ts';

const ADA = 'ada' as PersonId;
const DAY = 86_400_000;
const change = (access: Access, command: AccessCommand, key = 'key', now = 0): Access => {
  const changed = changeAccess(access, command, { now, id: `id of ${key}`, key });
  if (!changed.ok) throw new Error(changed.error.message);
  return changed.value;
};
const role = (access: Access, keys: readonly string[], now = 0): string => roleOf(access, { person: ADA, keys, now });
const room = newAccess('owner key');

test('who may more may everything that who may less may', () => {
  const actions: Action[] = ['watch', 'edit-notes', 'edit-lab', 'control-run', 'moderate-notes', 'manage-room'];
  const allowed = ROLES.map((held) => actions.filter((action) => can(held, action)).length);
  expect(allowed).toEqual([1, 2, 4, 6]);
  ROLES.forEach((held, i) => {
    for (const action of actions)
      if (can(held, action)) expect(ROLES.slice(i).every((more) => can(more, action))).toBe(true);
  });
  expect(higher('viewer', 'editor')).toBe('editor');
});

describe('what one may be', () => {
  test('the room’s default, where no key opens more', () => {
    expect(role(room, [])).toBe('editor');
    expect(role(change(room, { type: 'default-role', role: 'viewer' }), ['foreign'])).toBe('viewer');
  });

  test('owner by key, and by nothing else', () => {
    expect(role(room, ['foreign', 'owner key'])).toBe('owner');
    expect(role(newAccess(null), ['null', ''])).toBe('editor');
  });

  test('the best of several invites and the default', () => {
    const watching = change(room, { type: 'default-role', role: 'viewer' });
    const invited = change(watching, { type: 'invite', role: 'commenter', days: null }, 'a');
    const both = change(invited, { type: 'invite', role: 'editor', days: null }, 'b');
    expect(['a', 'b'].map((key) => role(both, [key]))).toEqual(['commenter', 'editor']);
    expect(role(both, ['a', 'b'])).toBe('editor');
  });

  test('an invite ends at its hour, when it is revoked, and for its old key when it is rotated', () => {
    const watching = change(room, { type: 'default-role', role: 'viewer' });
    const invited = change(watching, { type: 'invite', role: 'editor', days: 1 }, 'old');
    expect([role(invited, ['old'], DAY - 1), role(invited, ['old'], DAY)]).toEqual(['editor', 'viewer']);
    expect([keyGives(invited, 'old', DAY - 1), keyGives(invited, 'old', DAY)]).toEqual(['editor', null]);
    expect(role(change(invited, { type: 'revoke', invite: 'id of old' }), ['old'])).toBe('viewer');
    const rotated = change(invited, { type: 'rotate', invite: 'id of old' }, 'new');
    expect([role(rotated, ['old']), role(rotated, ['new']), role(rotated, ['new'], DAY)]).toEqual([
      'viewer',
      'editor',
      'viewer',
    ]);
  });

  test('what the owner gave stands above default and invites, and below the owner’s own key', () => {
    const invited = change(room, { type: 'invite', role: 'editor', days: null });
    const lowered = change(invited, { type: 'give-role', person: ADA, role: 'viewer' });
    expect(role(lowered, ['key'])).toBe('viewer');
    expect(role(lowered, ['owner key'])).toBe('owner');
    expect(role(change(lowered, { type: 'give-role', person: ADA, role: null }), ['key'])).toBe('editor');
  });
});

test('every change gives another epoch, and what is refused changes nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...GIVEN_ROLES), fc.option(fc.integer({ min: 1, max: 366 })), (given, days) => {
      expect(change(room, { type: 'invite', role: given, days }).epoch).toBe(room.epoch + 1);
    }),
  );
  for (const type of ['revoke', 'rotate'] as const)
    expect(changeAccess(room, { type, invite: 'nothing' }, { now: 0, id: 'i', key: 'k' })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
});

test('invites and roles in place have a limit; those that have expired do not count', () => {
  let full = room;
  for (let i = 0; i < ROOM_LIMITS.invites; i++)
    full = change(full, { type: 'invite', role: 'viewer', days: 1 }, `key ${i}`);
  const one: AccessCommand = { type: 'invite', role: 'viewer', days: 1 };
  expect(changeAccess(full, one, { now: 1, id: 'i', key: 'k' })).toMatchObject({ error: { code: 'limit' } });
  expect(change(full, one, 'later', DAY + 1).invites).toHaveLength(1);
  for (let i = 0; i < ROOM_LIMITS.givenRoles; i++)
    full = change(full, { type: 'give-role', person: `p${i}` as PersonId, role: 'viewer' });
  const more: AccessCommand = { type: 'give-role', person: ADA, role: 'viewer' };
  expect(changeAccess(full, more, { now: 1, id: 'i', key: 'k' })).toMatchObject({ error: { code: 'limit' } });
});

test('the next hour at which something expires is known, and what has expired goes', () => {
  const later = change(room, { type: 'invite', role: 'viewer', days: 2 }, 'b');
  const both = change(later, { type: 'invite', role: 'viewer', days: 1 }, 'a');
  expect([nextExpiry(both, 0), nextExpiry(both, DAY), nextExpiry(both, 2 * DAY)]).toEqual([DAY, 2 * DAY, undefined]);
  expect(withoutExpired(both, DAY).invites.map(({ key }) => key)).toEqual(['b']);
  expect(withoutExpired(both, 0)).toBe(both);
});
