/** Links as the server keeps them: immutable, found by the hash of what is in them, and in the hands of who holds their key. */
import type { RoomId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { linkBytes, linkIdOf } from '#lib/link/id';
import { LINK_LIMITS } from '#lib/link/limits';
import type { Link, LinkId } from '#lib/link/link';
import type { RecapLink } from '#lib/link/recap-link';
import { hashKey, newKey } from '../rooms/access.ts';
import type { LinkLine, Storage, StoredLink } from '../storage/storage.ts';

export interface Links {
  /** Durable when resolved. `earlier` is what it supersedes, and the key that allows it. */
  keep(link: Link | RecapLink, room: RoomId | null, earlier: HeldLink | null): Promise<Result<KeptLink>>;
  open(link: LinkId): Promise<StoredLink | undefined>;
  /** Made in a room, newest first. */
  list(room: RoomId): Promise<readonly LinkLine[]>;
  supersede(held: HeldLink, by: LinkId): Promise<Result<null>>;
  remove(held: HeldLink): Promise<Result<null>>;
}

export interface KeptLink {
  readonly link: LinkId;
  /** Told once, to who made it; null: the same was here already, and is another's. */
  readonly key: string | null;
}

/** A link, and what may be its owner's key. */
export interface HeldLink {
  readonly link: LinkId;
  readonly key: string;
}

export function createLinks(storage: Storage): Links {
  async function owned({ link, key }: HeldLink): Promise<Result<StoredLink>> {
    const stored = await storage.loadLink(link);
    if (stored === undefined) return NO_LINK;
    return stored.ownerKey === hashKey(key) ? ok(stored) : NOT_YOURS;
  }

  return {
    async keep(link, room, earlier) {
      const bytes = linkBytes(link);
      if (bytes.length > LINK_LIMITS.bytes)
        return refuse('limit', `A link has at most ${LINK_LIMITS.bytes} bytes: leave notes out.`, 'notes');
      const allowed = earlier === null ? ok(null) : await owned(earlier);
      if (!allowed.ok) return allowed;
      const [id, key] = [linkIdOf(bytes), newKey()];
      const { title, madeAt } = link;
      const stored = { id, room, ownerKey: hashKey(key), title, madeAt, supersededBy: null, bytes };
      const isNew = await storage.saveLink(stored, earlier?.link ?? null);
      return ok({ link: id, key: isNew ? key : null });
    },
    open: (link) => storage.loadLink(link),
    list: (room) => storage.listLinks(room),
    async supersede(held, by) {
      const allowed = await owned(held);
      if (!allowed.ok) return allowed;
      if (by === held.link) return refuse('invalid', 'A link does not take its own place.', 'by');
      if ((await storage.loadLink(by)) === undefined) return NO_LINK;
      await storage.supersedeLink(held.link, by);
      return ok(null);
    },
    async remove(held) {
      const allowed = await owned(held);
      if (!allowed.ok) return allowed;
      await storage.deleteLink(held.link);
      return ok(null);
    },
  };
}

export const NO_LINK = refuse(
  'not-found',
  'There is no such link. Its owner may have deleted it, or the address is not quite right.',
  'link',
);
const NOT_YOURS = refuse('forbidden', 'Only who made this link, with its key, may do that.', 'key');
