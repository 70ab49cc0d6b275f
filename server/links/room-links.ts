/** Links made in a room: of which run, with which notes, and whose names stand in them. */
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { LINK_LIMITS } from '#lib/link/limits';
import { isLicence, type LinkEntry, type LinkNote } from '#lib/link/link';
import { makeLink } from '#lib/link/make';
import { readAuthors } from '#lib/room/author';
import { cleanName } from '#lib/room/person';
import { can } from '#lib/room/roles';
import { readThreads, type Entry, type Thread } from '#lib/room/threads';
import type { Limits } from '#lib/wire/limits';
import type { LinkReply, LinkRequest } from '#lib/wire/protocol';
import type { Doc } from 'yjs';
import { createBucket, type Bucket } from '../rate.ts';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import type { WholeRun } from '../runs/whole-run.ts';
import type { Links } from './links.ts';

export interface RoomLinks {
  /** Of a finished run of this room. */
  make(member: Member, request: LinkRequest): Promise<Result<LinkReply>>;
  /** Asks people whether their names may stand in links; answers with who has said yes so far. */
  askNames(member: Member, people: readonly PersonId[]): Result<readonly PersonId[]>;
  /** What a person says to that. */
  lendName(member: Member, allowed: boolean): Result<null>;
}

export interface RoomLinksDependencies {
  readonly room: RoomId;
  readonly links: Links;
  readonly people: People;
  readonly audience: Audience;
  readonly notes: Doc;
  readonly whole: (run: RunId) => Promise<Result<WholeRun>>;
  readonly limits: Limits;
  readonly now: () => number;
}

const HOUR_S = 3_600;

export function createRoomLinks(dependencies: RoomLinksDependencies): RoomLinks {
  const { room, links, people, audience, notes, whole, limits, now } = dependencies;
  /** Of this room, while it is in memory: a name is lent for links made now, not for ever. */
  const lent = new Set<PersonId>();
  const bucket: Bucket = createBucket(limits.linksPerHour / HOUR_S, limits.linksPerHour, now);

  const authorOf = (member: Member, named: boolean): ((author: PersonId) => string | null) => {
    const authors = readAuthors(notes);
    return (author) => {
      if (author === member.person.id) return named ? member.person.name : null;
      return lent.has(author) ? (authors.get(author)?.name ?? null) : null;
    };
  };

  return {
    async make(member, request) {
      if (!can(member.person.role, 'make-links')) return MAY_NOT;
      const { licence, supersedes, named } = request;
      if (!isLicence(licence)) return refuse('invalid', 'licence: choose one of those that are offered.', 'licence');
      const chosen = chosenNotes(readThreads(notes), request.notes, authorOf(member, named));
      if (!chosen.ok) return chosen;
      if (!bucket.take()) return TOO_MANY;
      const run = await whole(request.run);
      if (!run.ok) return run;
      const title = cleanTitle(request.title);
      if (title === '') return refuse('invalid', 'title: a link needs a title.', 'title');
      const link = makeLink({
        ...run.value,
        title,
        authors: request.authors.flatMap((name) => cleanName(name) ?? []),
        licence,
        madeAt: now(),
        supersedes: supersedes?.link ?? null,
        item: request.item,
        notes: chosen.value,
      });
      return link.ok ? links.keep(link.value, room, supersedes) : link;
    },
    askNames({ person }, asked) {
      if (!can(person.role, 'make-links')) return MAY_NOT;
      for (const { connection, person: other } of people.members())
        if (asked.includes(other.id) && other.id !== person.id && !lent.has(other.id))
          connection.send('nameAsked', person.name);
      return ok([...lent]);
    },
    lendName({ person }, allowed) {
      if (allowed) lent.add(person.id);
      else lent.delete(person.id);
      audience.tell(null, 'lent', [...lent]);
      return ok(null);
    },
  };
}

const MAY_NOT = refuse('forbidden', 'Links are made by those who may run experiments here.');
const TOO_MANY = refuse('limit', 'This room has made many links within an hour. Wait a while, then make this one.');

const cleanTitle = (title: string): string =>
  Array.from(
    title
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
      .replace(/\s+/gu, ' ')
      .trim(),
  )
    .slice(0, LINK_LIMITS.title)
    .join('');

function chosenNotes(
  threads: readonly Thread[],
  ids: readonly string[],
  nameOf: (author: PersonId) => string | null,
): Result<readonly LinkNote[]> {
  const chosen = threads.filter(({ id, text }) => ids.includes(id) && text !== '');
  const count = chosen.reduce((sum, { replies }) => sum + 1 + replies.length, 0);
  if (count > LINK_LIMITS.notes)
    return refuse(
      'limit',
      `A link has at most ${LINK_LIMITS.notes} notes and replies, and these are ${count}: choose fewer.`,
      'notes',
    );
  const entry = ({ id, author, at, text }: Entry): LinkEntry => ({ id, author: nameOf(author), at, text });
  return ok(
    chosen.map((thread) => ({
      ...entry(thread),
      anchor: thread.anchor,
      replies: thread.replies.filter(({ text }) => text !== '').map(entry),
    })),
  );
}
