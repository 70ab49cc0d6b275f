/** /api/links: a link's bytes for everyone, import, and what its owner does with it. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { isId } from '#lib/base/id';
import { refuse, type Result } from '#lib/base/result';
import { LINK_LIMITS } from '#lib/link/limits';
import type { LinkId } from '#lib/link/link';
import { readFrozen } from '#lib/link/recap-schema';
import { parseLink } from '#lib/link/schema';
import type { Limits } from '#lib/wire/limits';
import { parse } from '#lib/wire/schemas';
import { NOTHING, readJson, refused, type Answer } from '../answer.ts';
import type { Origins } from '../origins.ts';
import { createQuota, type Quota } from '../quota.ts';
import type { Identity } from '../rooms/identity.ts';
import type { Registry } from '../rooms/registry.ts';
import type { StoredLink } from '../storage/storage.ts';
import { forkOf } from './fork.ts';
import type { Forms } from './forms.ts';
import { NO_LINK, type HeldLink, type Links } from './links.ts';

export interface LinkApi {
  /** `id` and `verb` are what follows /api/links; empty where nothing does. */
  answer(request: IncomingMessage, id: string, verb: string): Promise<Answer>;
}

export interface LinkApiDependencies {
  readonly registry: Registry;
  /** New rooms count together, however they are opened. */
  readonly rooms: Quota;
  readonly forms: Forms;
  readonly links: Links;
  readonly identity: Identity;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly now: () => number;
}

export function createLinkApi(dependencies: LinkApiDependencies): LinkApi {
  const { links, registry, rooms, forms, identity, origins, limits, now } = dependencies;
  const quota = createQuota(limits.linksPerHour, limits.linksPerHourInAll, now);

  async function importLink(request: IncomingMessage): Promise<Answer> {
    const body = await readJson(request, LINK_LIMITS.bytes);
    const link = body.ok ? readFrozen(body.value) : body;
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

  async function show(request: IncomingMessage, link: LinkId, as: string): Promise<Answer> {
    const stored = await links.open(link);
    if (stored === undefined) return refused(NO_LINK);
    if (as === '') return itself(stored);
    if (as === 'about') return about(stored);
    return forms.show(stored, as, origins.reached(request)) ?? refused(NOTHING);
  }

  async function fork(request: IncomingMessage, id: LinkId): Promise<Answer> {
    const stored = await links.open(id);
    if (stored === undefined) return refused(NO_LINK);
    const link = parseLink(new TextDecoder().decode(stored.bytes));
    const forked = link.ok ? forkOf(link.value) : link;
    if (!forked.ok) return refused(forked);
    if (!rooms.take(identity.session(request))) return refused(TOO_MANY_ROOMS);
    return { status: 201, body: await registry.fork(forked.value) };
  }

  return {
    async answer(request, id, verb) {
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
      if (method !== 'GET' && !origins.allows(request)) return refused(FOREIGN);
      if (id === '') return method === 'POST' ? importLink(request) : refused(NOTHING);
      if (!isId(id)) return refused(NO_LINK);
      if (method === 'GET') return show(request, id as LinkId, verb);
      if (method === 'POST' && verb === 'fork') return fork(request, id as LinkId);
      if (method === 'DELETE' && verb === '') return act(request, id as LinkId, 'DELETE');
      if (method === 'POST' && verb === 'supersede') return act(request, id as LinkId, verb);
      return refused(NOTHING);
    },
  };
}

const itself = (stored: StoredLink): Answer => ({
  status: 200,
  bytes: stored.bytes,
  headers: { ...publicly(stored, 'application/json'), ...successor(stored) },
});

const about = ({ id, title, madeAt, supersededBy }: StoredLink): Answer => ({
  status: 200,
  body: { link: id, title, madeAt, supersededBy },
  headers: ANYONE,
});

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
const TOO_MANY_ROOMS = refuse(
  'limit',
  'Too many new rooms within an hour. Use one of those you have, or wait a while.',
);
