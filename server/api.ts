/** The HTTP interface: /api/health, /api/rooms, /api/rooms/<room>, /api/rooms/<room>/duplicate; /api/links is in links/link-api.ts. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { isId, type RoomId } from '#lib/base/id';
import { refuse } from '#lib/base/result';
import { currentItem, readLab } from '#lib/room/lab';
import { parse } from '#lib/wire/schemas';
import { NOTHING, readJson, refused, send, type Answer } from './answer.ts';
import type { TrainingQueue } from './compute/queue.ts';
import type { Origins } from './origins.ts';
import type { LinkApi } from './links/link-api.ts';
import type { Quota } from './quota.ts';
import type { Release } from './release.ts';
import type { Identity } from './rooms/identity.ts';
import type { Registry } from './rooms/registry.ts';
import { seedFor } from './rooms/seed.ts';

export interface Api {
  /** Answers every request under /api. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface ApiDependencies {
  readonly registry: Registry;
  readonly linkApi: LinkApi;
  /** New rooms, by whoever opens them. */
  readonly quota: Quota;
  readonly identity: Identity;
  readonly origins: Origins;
  readonly queue: TrainingQueue;
  readonly release: Release;
  readonly now: () => number;
}

export function createApi(dependencies: ApiDependencies): Api {
  const { registry, linkApi, identity, origins, queue, release, quota, now } = dependencies;
  const startedAt = now();
  const measureLoad = createLoadMeter();

  function health(): Answer {
    const uptime = Math.round((now() - startedAt) / 1_000);
    const engines = [{ ...queue.engine, place: 'server' }];
    const load = measureLoad();
    return {
      status: 200,
      body: {
        status: 'ok',
        ...release,
        uptime,
        node: process.version,
        engines,
        ...load,
        ...registry.counts(),
        queue: queue.counts(),
      },
    };
  }

  async function createRoom(request: IncomingMessage): Promise<Answer> {
    if (!origins.allows(request)) return refused(FOREIGN);
    const body = await readJson(request, BODY_BYTES);
    const wish = body.ok ? parse(roomSchema, body.value) : body;
    const seed = wish.ok ? seedFor(wish.value) : wish;
    if (!seed.ok) return refused(seed);
    if (!quota.take(identity.session(request))) return refused(TOO_MANY_ROOMS);
    return { status: 201, body: await registry.create(seed.value) };
  }

  async function duplicateRoom(request: IncomingMessage, room: string): Promise<Answer> {
    if (!origins.allows(request)) return refused(FOREIGN);
    const opened = isId(room) ? await registry.open(room as RoomId) : NO_ROOM;
    if (!opened.ok) return refused(opened);
    const view = readLab(opened.value.documents.lab.doc);
    if (view === undefined) return refused(NO_ROOM);
    if (!quota.take(identity.session(request))) return refused(TOO_MANY_ROOMS);
    return { status: 201, body: await registry.duplicate(view) };
  }

  async function describeRoom(room: string): Promise<Answer> {
    if (!isId(room)) return refused(NO_ROOM);
    const opened = await registry.open(room as RoomId);
    if (!opened.ok) return refused(opened);
    const view = readLab(opened.value.documents.lab.doc);
    const experiment = view === undefined ? '' : (currentItem(view)?.experiment ?? '');
    return { status: 200, body: { room, title: view?.title ?? '', experiment } };
  }

  async function route(request: IncomingMessage): Promise<Answer> {
    // Not `new URL`: it throws at what strangers send.
    const [pathname = '/'] = (request.url ?? '/').split('?');
    const [, , noun, id, verb, ...rest] = pathname.split('/');
    const call = [
      `${request.method ?? ''} ${noun ?? ''}`,
      ...(id === undefined ? [] : ['id']),
      ...(verb === undefined ? [] : [verb]),
    ].join('/');
    if (rest.length > 0) return refused(NOTHING);
    if (noun === 'links') return linkApi.answer(request, id ?? '', verb ?? '');
    if (call === 'GET health') return health();
    if (call === 'POST rooms') return createRoom(request);
    if (call === 'POST rooms/id/duplicate') return duplicateRoom(request, id ?? '');
    if (call === 'GET rooms/id') return describeRoom(id ?? '');
    return refused(NOTHING);
  }

  return {
    async serve(request, response) {
      await send(request, response, await route(request));
    },
  };
}

/** ms between two looks at the event loop */
const LOOK_MS = 10;

/** Memory in MB, and how late the event loop was since the last call, in ms. */
function createLoadMeter(): () => { memory: number; eventLoop: { p50: number; p99: number } } {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  return () => {
    const late = (share: number): number =>
      Math.max(0, Math.round(10 * (delay.percentile(share) / 1e6 - LOOK_MS)) / 10);
    const eventLoop = { p50: late(50), p99: late(99) };
    delay.reset();
    return { memory: Math.round(process.memoryUsage.rss() / 1e5) / 10, eventLoop };
  };
}

const FOREIGN = refuse('forbidden', 'Rooms are opened from this site’s own pages.');
const TOO_MANY_ROOMS = refuse(
  'limit',
  'Too many new rooms within an hour. Use one of those you have, or wait a while.',
);
const NO_ROOM = refuse('not-found', 'There is no such room. Check the link, or open a new room.', 'room');

const roomSchema = z.strictObject({
  experiment: z.string().max(64).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/** bytes of a request's body: every parameter there is, several times over */
const BODY_BYTES = 64_000;
