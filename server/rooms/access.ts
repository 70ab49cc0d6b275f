/** A room's access, live: keys become hashes here, changes take effect at once and are on disk before they are acknowledged. */
import { createHash, randomBytes } from 'node:crypto';
import { idFromBytes, type PersonId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import {
  changeAccess,
  keyGives,
  nextExpiry,
  roleOf,
  withoutExpired,
  type Access,
  type AccessCommand,
} from '#lib/room/access';
import type { Role } from '#lib/room/roles';
import type { AccessView, RoomFacts } from '#lib/wire/protocol';

export interface LiveAccess {
  epoch(): number;
  facts(): RoomFacts;
  view(): AccessView;
  /** What a person who showed these keys may be, seated. */
  role(person: PersonId, keys: readonly KeyHash[]): Role;
  gives(key: KeyHash): Role | null;
  /** In force when called; resolves, to a new invite's key, once it is on disk. */
  change(command: AccessCommand): Promise<Result<string | null>>;
  close(): void;
}

export interface AccessDependencies {
  readonly save: (access: Access) => Promise<void>;
  readonly saveFailed: (error: unknown) => void;
  readonly now: () => number;
  /** Someone may do something else now than before. */
  readonly changed: () => void;
}

/** SHA-256, base64url: who reads the disk learns no key. */
export type KeyHash = string & { readonly keyHash: unique symbol };

export const hashKey = (key: string): KeyHash =>
  createHash('sha256').update(`key:${key}`).digest('base64url') as KeyHash;

/** 128 bits. */
export const newKey = (): string => idFromBytes(randomBytes(16));

/** ms; a timer cannot wait for longer than 24 days. */
const LONGEST_WAIT_MS = 86_400_000;

export function createAccess(stored: Access, { save, saveFailed, now, changed }: AccessDependencies): LiveAccess {
  let access = stored;
  let timer: NodeJS.Timeout | undefined;

  function become(next: Access): void {
    access = next;
    waitForExpiry();
    changed();
  }

  function waitForExpiry(): void {
    clearTimeout(timer);
    const expiry = nextExpiry(access, now());
    if (expiry === undefined) return;
    timer = setTimeout(expire, Math.min(LONGEST_WAIT_MS, Math.max(0, expiry - now()) + 1));
    timer.unref();
  }

  function expire(): void {
    const next = withoutExpired(access, now());
    if (next === access) waitForExpiry();
    else {
      become(next);
      save(access).catch(saveFailed);
    }
  }

  waitForExpiry();
  return {
    epoch: () => access.epoch,
    facts: () => ({ defaultRole: access.defaultRole, goesOnByItself: access.goesOnByItself }),
    view: () => {
      const { defaultRole, goesOnByItself, given } = access;
      const invites = access.invites.map(({ id, role, madeAt, expiresAt }) => ({ id, role, madeAt, expiresAt }));
      return { defaultRole, goesOnByItself, given, invites };
    },
    role: (person, keys) => roleOf(access, { person, keys, now: now() }),
    gives: (key) => keyGives(access, key, now()),
    async change(command) {
      const key = newKey();
      const next = changeAccess(access, command, { now: now(), id: newKey(), key: hashKey(key) });
      if (!next.ok) return next;
      become(next.value);
      try {
        await save(access);
      } catch (error) {
        saveFailed(error);
        return refuse('unavailable', 'This is in force now, but could not be written to disk. Try again.');
      }
      return ok(command.type === 'invite' || command.type === 'rotate' ? key : null);
    },
    close: () => clearTimeout(timer),
  };
}
