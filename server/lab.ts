/** Composes the server: rooms, documents, sockets, HTTP interface and pages on one port. Keeps no state outside: two labs may run in one process. */
import { createServer } from 'node:http';
import { LIMITS, type Limits } from '#lib/wire/limits';
import { createApi } from './api.ts';
import type { Compute } from './compute/compute.ts';
import { createTrainingQueue } from './compute/queue.ts';
import type { Config } from './config.ts';
import { listen, routeUpgrades, serveRequests, trackConnections } from './http.ts';
import type { Log } from './log.ts';
import { createForms } from './links/forms.ts';
import { createLinkApi } from './links/link-api.ts';
import { createLinks } from './links/links.ts';
import { createPageMaker } from './links/page.ts';
import { createOrigins } from './origins.ts';
import { createQuota } from './quota.ts';
import type { Release } from './release.ts';
import { createDocuments } from './rooms/documents.ts';
import { createGlance } from './rooms/glance.ts';
import { createIdentity } from './rooms/identity.ts';
import { createRegistry } from './rooms/registry.ts';
import { createTickets } from './rooms/tickets.ts';
import { createSockets } from './sockets.ts';
import type { Storage } from './storage/storage.ts';
import { receiveVisitor } from './visitor.ts';
import type { Web } from './web.ts';

export type LabConfig = Pick<Config, 'port' | 'host' | 'publicOrigins' | 'trustProxy' | 'secret'>;

export interface LabDependencies {
  readonly storage: Storage;
  readonly compute: Compute;
  readonly log: Log;
  readonly release: Release;
  /** The pages; without them the lab answers /api, sockets and documents only. */
  readonly web?: Web | undefined;
  readonly limits?: Partial<Limits>;
  /** ms since 1970 */
  readonly now?: () => number;
  /** ms for which an empty room stays in memory */
  readonly linger?: number;
}

export interface Lab {
  /** Resolves to the port. Throws `CannotStart` where it is taken. */
  listen(): Promise<number>;
  /** Tells everyone to come back later, writes everything, and ends training. */
  close(): Promise<void>;
}

export function createLab(config: LabConfig, dependencies: LabDependencies): Lab {
  const { storage, compute, log, release, web, linger, now = Date.now } = dependencies;
  const limits = { ...LIMITS, ...dependencies.limits };
  const origins = createOrigins(config);
  const identity = createIdentity({ secret: config.secret, isSecure: origins.isSecure });
  const tickets = createTickets(config.secret, now);
  const queue = createTrainingQueue(compute, { slots: limits.serverRuns, waiting: limits.waitingRuns });

  const http = createServer();
  http.maxConnections = limits.connections;
  const connections = trackConnections(http);
  const sockets = createSockets(http, { identity, origins, limits, log });
  const { audience } = sockets;
  compute.onOffers((offers) => sockets.everyone('serverOffers', offers));
  const links = createLinks(storage);
  const registry = createRegistry({ storage, links, queue, tickets, audience, limits, log, now, linger });
  const documents = createDocuments({ registry, tickets, limits, log, now });
  const quota = createQuota(limits.roomsPerHour, limits.roomsPerHourInAll, now);
  const forms = createForms(createPageMaker());
  const linkApi = createLinkApi({ links, registry, rooms: quota, forms, identity, origins, limits, now });
  const api = createApi({ registry, linkApi, identity, origins, queue, release, quota, now });
  sockets.onConnection((socket) => receiveVisitor(socket, { registry, identity, limits, log, now }));
  http.on('request', serveRequests({ api, identity, origins, glance: createGlance(registry, links), web, log }));
  http.on('upgrade', routeUpgrades({ documents, origins, web, log }));

  return {
    async listen() {
      const port = await listen(http, config);
      registry.wake().catch((error: unknown) => log.error({ error }, 'runs could not be gone on with'));
      return port;
    },
    async close() {
      sockets.drain();
      documents.close();
      await registry.close();
      queue.close();
      await compute.close();
      await storage.close();
      await connections.end(sockets.close());
      await web?.close();
    },
  };
}
