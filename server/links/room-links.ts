/** Links made in a room: of which run or of all of them, with which notes, and whose names stand in them. */
import canonicalize from 'canonicalize';
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { LINK_LIMITS } from '#lib/link/limits';
import { freezeRecap } from '#lib/link/freeze-recap';
import { isLicence, type Link, type LinkNote } from '#lib/link/link';
import { makeLink } from '#lib/link/make';
import { countNotes, notesOf } from '#lib/link/notes';
import { readFrozen } from '#lib/link/recap-schema';
import type { RecapLink } from '#lib/link/recap-link';
import { readLink } from '#lib/link/schema';
import { readAuthors } from '#lib/room/author';
import { publicMentions } from '#lib/room/mention';
import { cleanName } from '#lib/room/person';
import { can } from '#lib/room/roles';
import { notepadOf } from '#lib/room/notes';
import { readThreads, type Thread } from '#lib/room/threads';
import type { Limits } from '#lib/wire/limits';
import { decodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { FreezeRequest, HistoryReply, LinkReply, LinkRequest, RecapRequest } from '#lib/wire/protocol';
import type { Doc } from 'yjs';
import { createBucket, type Bucket } from '../rate.ts';
import type { Audience } from '../rooms/connection.ts';
import type { Member, People } from '../rooms/people.ts';
import type { WholeRun } from '../runs/whole-run.ts';
import type { HeldLink, KeptLink, Links } from './links.ts';

export interface RoomLinks {
  /** Of a finished run of this room. */
  make(member: Member, request: LinkRequest): Promise<Result<LinkReply>>;
  /** What was tried and said, as it stands. */
  recap(member: Member, request: RecapRequest): Promise<Result<LinkReply>>;
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
  /** The runs that the room has had, with their pictures. */
  readonly tried: () => Promise<Result<HistoryReply>>;
  readonly limits: Limits;
  readonly now: () => number;
}

type Worded = Pick<Link, 'title' | 'authors' | 'licence' | 'madeAt' | 'supersedes' | 'notes'>;

const HOUR_S = 3_600;

export function createRoomLinks(dependencies: RoomLinksDependencies): RoomLinks {
  const { room, links, people, audience, notes, whole, tried, limits, now } = dependencies;
  /** Of this room, while it is in memory: a name is lent for links made now, not for ever. It stays when its owner goes. */
  const lent = new Map<PersonId, string>();
  const bucket: Bucket = createBucket(limits.linksPerHour / HOUR_S, limits.linksPerHour, now);

  /** The name that may stand beside what a person did. */
  const namesFor = (member: Member, named: boolean): ((person: PersonId) => string | null) => {
    const authors = readAuthors(notes);
    const here = new Map(people.members().map(({ person }) => [person.id, person.name]));
    return (id) => {
      if (id === member.person.id) return named ? member.person.name : null;
      const as = lent.get(id);
      return as === undefined ? null : (authors.get(id)?.name ?? here.get(id) ?? as);
    };
  };

  /** What every frozen thing says, held to who may say it. */
  function worded(member: Member, request: FreezeRequest): Result<Worded> {
    if (!can(member.person.role, 'make-links')) return MAY_NOT;
    const { licence, supersedes, named } = request;
    if (!isLicence(licence)) return refuse('invalid', 'licence: choose one of those that are offered.', 'licence');
    const title = cleanTitle(request.title);
    if (title === '') return refuse('invalid', 'title: a link needs a title.', 'title');
    const chosen = chosenNotes(readThreads(notes), request.notes, namesFor(member, named));
    if (!chosen.ok) return chosen;
    if (!bucket.take()) return TOO_MANY;
    const authors = request.authors.flatMap((name) => cleanName(name) ?? []);
    return ok({ title, authors, licence, madeAt: now(), supersedes: supersedes?.link ?? null, notes: chosen.value });
  }

  /** The room's own run, or the same trained once more: of that the numbers are its maker's word, as they are of a run. */
  async function resultOf({ run: id, item, again }: LinkRequest, words: Worded): Promise<Result<Link>> {
    const run = await whole(id);
    if (!run.ok) return run;
    if (again === null) return makeLink({ ...run.value, ...words, item });
    const { record } = run.value;
    if (record.status.phase !== 'finished') return UNFINISHED;
    const read = readLink(again);
    if (!read.ok) return read;
    return isSameRun(read.value, record)
      ? ok({ ...read.value, ...words, item, experiment: record.experiment })
      : ANOTHER;
  }

  /** Whatever was written in the room, nothing is kept that could not be read again. */
  async function keep(made: Link | RecapLink, earlier: HeldLink | null): Promise<Result<KeptLink>> {
    const read = readFrozen(made);
    return read.ok ? links.keep(read.value, room, earlier) : read;
  }

  return {
    async make(member, request) {
      const words = worded(member, request);
      const link = words.ok ? await resultOf(request, words.value) : words;
      return link.ok ? keep(link.value, request.supersedes) : link;
    },
    async recap(member, request) {
      const words = worded(member, request);
      if (!words.ok) return words;
      const nameOf = namesFor(member, request.named);
      const history = await tried();
      if (!history.ok) return history;
      const recap = freezeRecap({
        ...words.value,
        runs: history.value.runs.filter(({ id }) => request.runs.includes(id)),
        pictures: new Map(unpackFrames(history.value.pictures).flatMap(pictureIn)),
        nameOf,
        minutes: request.minutes ? publicMentions(notepadOf(notes).toJSON(), nameOf) : '',
      });
      return recap.ok ? keep(recap.value, request.supersedes) : recap;
    },
    askNames({ person }, asked) {
      if (!can(person.role, 'make-links')) return MAY_NOT;
      for (const { connection, person: other } of people.members())
        if (asked.includes(other.id) && other.id !== person.id && !lent.has(other.id))
          connection.send('nameAsked', person.name);
      return ok([...lent.keys()]);
    },
    lendName({ person }, allowed) {
      if (allowed) lent.set(person.id, person.name);
      else lent.delete(person.id);
      audience.tell(null, 'lent', [...lent.keys()]);
      return ok(null);
    },
  };
}

/** All that decides its numbers is the same; what began with another run's weights only the room can vouch for. */
const isSameRun = (link: Link, { id, specHash, amendments, source }: WholeRun['record']): boolean =>
  link.run === id &&
  link.specHash === specHash &&
  canonicalize(link.amendments) === canonicalize(amendments) &&
  source === null &&
  link.start === null;

const MAY_NOT = refuse('forbidden', 'Links are made by those who may run experiments here.');
const UNFINISHED = refuse('conflict', 'A link keeps a result: let the run finish first.', 'run');
const ANOTHER = refuse('invalid', 'again: this is another run than the one that the link is to keep.', 'again');
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
  const chosen = notesOf(
    threads.filter(({ id }) => ids.includes(id)),
    nameOf,
  );
  const count = countNotes(chosen);
  return count > LINK_LIMITS.notes
    ? refuse(
        'limit',
        `A link has at most ${LINK_LIMITS.notes} notes and replies, and these are ${count}: choose fewer.`,
        'notes',
      )
    : ok(chosen);
}

/** Whoever stored it wrote it whole; one that is broken is left out. */
function pictureIn(bytes: Uint8Array): readonly (readonly [string, Frame])[] {
  const frame = decodeFrame(bytes);
  return frame.ok ? [[frame.value.run, frame.value]] : [];
}
