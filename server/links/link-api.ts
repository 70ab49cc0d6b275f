/** /api/links: a link's bytes for everyone, import, and what its owner does with it. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { isId } from '#lib/base/id';
import { refuse, type Result } from '#lib/base/result';
import { LINK_LIMITS } from '#lib/link/limits';
import type { LinkId } from '#lib/link/link';
import { readLink } from '#lib/link/schema';
import type { Limits } from '#lib/wire/limits';
import { parse } from '#lib/wire/schemas';
import { NOTHING, readJson, refused, type Answer } from '../answer.ts';
import type { Origins } from '../origins.ts';
import { createQuota } from '../quota.ts';
import type { Identity } from '../rooms/identity.ts';
import type { StoredLink } from '../storage/storage.ts';
import { NO_LINK, type HeldLink, type Links } from './links.ts';

export interface LinkApi {
  /** `id` and `verb` are what follows /api/links; empty where nothing does. */
  answer(request: IncomingMessage, id: string, verb: string): Promise<Answer>;
}

export interface LinkApiDependencies {
  readonly links: Links;
  readonly identity: Identity;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly now: () => number;
}

export function createLinkApi({ links, identity, origins, limits, now }: LinkApiDependencies): LinkApi {
  const quota = createQuota(limits.linksPerHour, limits.linksPerHourInAll, now);

  async function importLink(request: IncomingMessage): Promise<Answer> {
    const body = await readJson(request, LINK_LIMITS.bytes);
    const link = body.ok ? readLink(body.value) : body;
    if (!link.ok) return refused(link);
    if (!quota.take(identity.session(request))) return refused(TOO_MANY);
    const kept = await links.keep(link.value, null, null);
    return kept.ok ? { status: 201, body: kept.value } : refused(kept);
  }

  async function act(request: IncomingMessage, link: LinkId, verb: string): Promise<Answer> {
    const held: HeldLink = { link, key: bearerOf(request) };
    if (verb === 'DELETE') return answerTo(await links.remove(held));
    const body = await readJson(request, BODY_BYTES);
    const wish = body.ok ? parse(supersedeSchema, body.value) : body;
    return wish.ok ? answerTo(await links.supersede(held, wish.value.by as LinkId)) : refused(wish);
  }

  async function show(link: LinkId, as: string): Promise<Answer> {
    const stored = await links.open(link);
    if (stored === undefined) return refused(NO_LINK);
    const form = Object.hasOwn(FORMS, as) ? FORMS[as] : undefined;
    return form === undefined ? refused(NOTHING) : form(stored);
  }

  return {
    async answer(request, id, verb) {
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
      if (method !== 'GET' && !origins.allows(request)) return refused(FOREIGN);
      if (id === '') return method === 'POST' ? importLink(request) : refused(NOTHING);
      if (!isId(id)) return refused(NO_LINK);
      if (method === 'GET') return show(id as LinkId, verb);
      if (method === 'DELETE' && verb === '') return act(request, id as LinkId, 'DELETE');
      if (method === 'POST' && verb === 'supersede') return act(request, id as LinkId, verb);
      return refused(NOTHING);
    },
  };
}

/** What may be asked of a link: by the last part of its address. */
const FORMS: Readonly<Record<string, (stored: StoredLink) => Answer | Promise<Answer>>> = {
  '': (stored) => ({
    status: 200,
    bytes: stored.bytes,
    headers: { ...publicly(stored, 'application/json'), ...successor(stored) },
  }),
  about: ({ id, title, madeAt, supersededBy }) => ({
    status: 200,
    body: { link: id, title, madeAt, supersededBy },
    headers: ANYONE,
  }),
};

/** For pages of other sites, too: it is what anybody may read, and no cookie changes it. */
const ANYONE = { 'Access-Control-Allow-Origin': '*' };

/** It never changes; it may be deleted, so it is asked about again. */
const publicly = ({ id }: StoredLink, type: string): Record<string, string> => ({
  ...ANYONE,
  'Content-Type': type,
  'Cache-Control': 'no-cache',
  ETag: `"${id}"`,
  'X-Content-Type-Options': 'nosniff',
  'Access-Control-Expose-Headers': 'Link',
});

const successor = ({ supersededBy }: StoredLink): Record<string, string> =>
  supersededBy === null ? {} : { Link: `</links/${supersededBy}>; rel="successor-version"` };

const BODY_BYTES = 1_000;
const supersedeSchema = z.strictObject({ by: z.string().refine(isId, 'is not a link’s id') });

/** `Authorization: Bearer <key>` */
function bearerOf({ headers }: IncomingMessage): string {
  const [scheme, key = ''] = (headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' ? key : '';
}

const answerTo = (result: Result<null>): Answer => (result.ok ? { status: 200, body: {} } : refused(result));

const FOREIGN = refuse('forbidden', 'Links are changed from this site’s own pages.');
const TOO_MANY = refuse('limit', 'Too many links within an hour. Wait a while, then import this one.');
