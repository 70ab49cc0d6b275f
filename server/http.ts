/** The one port: which part of the lab answers which request and which upgrade. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DOCUMENT_PATH, SOCKET_PATH } from '#lib/wire/protocol';
import type { Api } from './api.ts';
import { CannotStart, isCode, type Config } from './config.ts';
import type { Log } from './log.ts';
import type { Origins } from './origins.ts';
import type { Documents } from './rooms/documents.ts';
import type { Glance } from './rooms/glance.ts';
import type { Identity } from './rooms/identity.ts';
import type { Web } from './web.ts';

interface RequestParts {
  readonly api: Api;
  readonly identity: Identity;
  readonly origins: Origins;
  readonly glance: Glance;
  readonly web: Web | undefined;
  readonly log: Log;
}

const isUnder = (url: string | undefined, path: string): boolean =>
  url !== undefined && (url === path || url.startsWith(`${path}/`) || url.startsWith(`${path}?`));

/** What is the same for everybody, and is read by pages of other sites: nobody becomes a session by it. */
const ANYBODYS = ['/_next', '/api/links', '/embed'];

/** As engine.io asks it. */
const isSocket = ({ url }: IncomingMessage): boolean => url?.startsWith(`${SOCKET_PATH}/`) === true;

export function serveRequests({
  api,
  identity,
  origins,
  glance,
  web,
  log,
}: RequestParts): (q: IncomingMessage, r: ServerResponse) => void {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Its own listener answers.
    if (isSocket(request)) return;
    origins.settle(request);
    const cookie = ANYBODYS.some((path) => isUnder(request.url, path)) ? undefined : identity.cookieFor(request);
    if (cookie !== undefined) response.setHeader('Set-Cookie', cookie);
    if (web === undefined || isUnder(request.url, '/api')) await api.serve(request, response);
    else {
      await glance(request);
      await web.serve(request, response);
    }
  };
  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Who hangs up in the middle of a sentence is no fault of ours.
      log[request.socket.destroyed ? 'debug' : 'error']({ error }, 'a request could not be served');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}

interface UpgradeParts {
  readonly documents: Documents;
  readonly origins: Origins;
  readonly web: Web | undefined;
  readonly log: Log;
}

export function routeUpgrades({ documents, origins, web, log }: UpgradeParts) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A socket that fails without a listener would end the process.
    socket.on('error', (error) => log.debug({ error }, 'an upgraded connection failed'));
    if (isSocket(request)) return;
    if (isUnder(request.url, DOCUMENT_PATH) && origins.allows(request)) documents.upgrade(request, socket, head);
    else if (isUnder(request.url, '/_next') && web?.upgrade !== undefined) web.upgrade(request, socket, head);
    else socket.destroy();
  };
}

type Address = Pick<Config, 'port' | 'host'>;

/**
 * Connections that may wait to be accepted (the system may allow fewer): a class that opens a room in one moment asks for a thousand,
 * and what finds no place waits for seconds and is then cut.
 */
export const BACKLOG = 4_096;

export async function listen(http: Server, config: Address): Promise<number> {
  http.listen({ port: config.port, host: config.host, backlog: BACKLOG });
  try {
    await once(http, 'listening');
  } catch (error) {
    throw explainListenError(error, config);
  }
  return (http.address() as AddressInfo).port;
}

/** ms in which the other end may read why it was closed */
const FAREWELL_MS = 500;

/** Upgraded connections keep a server from closing, and a peer that is gone never says so. */
export function trackConnections(http: Server): { end(closing: Promise<void>): Promise<void> } {
  const open = new Set<Socket>();
  http.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    async end(closing) {
      const timer = setTimeout(endAll, FAREWELL_MS);
      await closing;
      clearTimeout(timer);
    },
  };
}

/** Why the port could not be opened, in words where they are known. */
export function explainListenError(error: unknown, { port, host }: Address): unknown {
  if (isCode(error, 'EADDRINUSE'))
    return new CannotStart(`Port ${port} is in use: stop what runs there, or set PORT to another.`, { cause: error });
  if (isCode(error, 'EACCES'))
    return new CannotStart(`Port ${port} may not be opened by this user: set PORT to one above 1023.`, {
      cause: error,
    });
  if (isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'ENOTFOUND'))
    return new CannotStart(`HOST ${host} is not an address of this machine.`, { cause: error });
  return error;
}
