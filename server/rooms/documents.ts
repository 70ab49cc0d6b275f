/** The Yjs endpoint: /docs/<room>/<document>?ticket=… A refusal comes as a close code after the handshake: an HTTP status would be retried for ever. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RefusalCode } from '#lib/base/result';
import { can } from '#lib/room/roles';
import type { Limits } from '#lib/wire/limits';
import { CLOSE, DOCUMENT_MESSAGE, DOCUMENT_PATH, DOCUMENTS, type DocumentName } from '#lib/wire/protocol';
import type { Log } from '../log.ts';
import { BURST_SECONDS, createBucket, type Bucket } from '../rate.ts';
import type { LiveDocument, Peer } from './document.ts';
import type { Registry } from './registry.ts';
import type { Pass, Tickets } from './tickets.ts';

export interface Documents {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export interface DocumentsDependencies {
  readonly registry: Registry;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly log: Log;
  readonly now: () => number;
}

/** ms; the client's watchdog drops a socket that has heard nothing for 30 s, and pings do not count. */
const KEEP_ALIVE_MS = 10_000;
/** An awareness message that says nothing about nobody. */
const KEEP_ALIVE = Uint8Array.of(DOCUMENT_MESSAGE.awareness, 1, 0);

export function createDocuments(dependencies: DocumentsDependencies): Documents {
  const { tickets, limits, log, now } = dependencies;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.update, perMessageDeflate: false });
  const silent = new WeakSet<WebSocket>();

  /** Says something to everyone, and ends whoever has not answered the ping before. */
  const beat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
      socket.send(KEEP_ALIVE);
    }
  }, KEEP_ALIVE_MS);

  async function welcome(socket: WebSocket, request: IncomingMessage): Promise<void> {
    const opening = openingOf(request, tickets);
    if (opening === undefined) {
      socket.close(CLOSE.ticket, 'the ticket has expired: join again');
      return;
    }
    const { name, pass } = opening;
    // Nothing is read while the room is loaded.
    socket.pause();
    const room = await dependencies.registry.open(pass.room);
    if (!room.ok) refuse(socket, room.error.code);
    else if (name === 'lab' && room.value.documents.lab.epoch !== pass.document)
      socket.close(CLOSE.epoch, 'the document has begun anew');
    // Another role may be theirs by now.
    else if (room.value.access.epoch() !== pass.access) socket.close(CLOSE.ticket, 'the ticket is old: join again');
    else
      serve(
        socket,
        createPeer(socket, opening, limits),
        room.value.documents[name],
        createBucket(...rateOf(limits), now),
      );
    socket.resume();
  }

  /** A room that cannot be opened at the moment is asked for again; one that is not there never is. */
  function refuse(socket: WebSocket, code: RefusalCode): void {
    if (code === 'not-found') socket.close(CLOSE.missing, 'there is no such room');
    else socket.close(CLOSE.draining, 'try again');
  }

  function serve(socket: WebSocket, peer: Peer, document: LiveDocument, bucket: Bucket): void {
    document.connect(peer);
    socket.on('message', (data, isBinary) => {
      // After a refusal the rest of what the peer had sent is not looked at.
      if (socket.readyState !== socket.OPEN) return;
      if (!bucket.take()) peer.close(CLOSE.draining, 'too many messages');
      else if (isBinary) document.receive(peer, data as Buffer);
      else peer.close(CLOSE.invalid, 'messages are binary');
    });
    socket.on('close', () => document.disconnect(peer));
  }

  return {
    upgrade(request, stream, head) {
      sockets.handleUpgrade(request, stream, head, (socket) => {
        socket.on('error', (error) => log.debug({ error }, 'document connection failed'));
        socket.on('pong', () => silent.delete(socket));
        welcome(socket, request).catch((error: unknown) => {
          log.error({ error }, 'a document could not be opened');
          socket.close(CLOSE.draining, 'try again');
        });
      });
    },
    close() {
      clearInterval(beat);
      for (const socket of sockets.clients) socket.close(CLOSE.draining, 'the server restarts');
      sockets.close();
    },
  };
}

const rateOf = ({ messagesPerSecond }: Limits): [perSecond: number, burst: number] => [
  messagesPerSecond,
  messagesPerSecond * BURST_SECONDS,
];

const PATH = new RegExp(`^${DOCUMENT_PATH}/([^/]+)/(${DOCUMENTS.join('|')})$`);

interface Opening {
  readonly name: DocumentName;
  readonly pass: Pass;
}

/** undefined: not a document, or a ticket of another room. */
function openingOf(request: IncomingMessage, tickets: Tickets): Opening | undefined {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
  const [, room, name] = PATH.exec(pathname) ?? [];
  const pass = tickets.read(searchParams.get('ticket') ?? '');
  const mine = pass !== undefined && pass.room === room;
  return mine ? { name: name as DocumentName, pass } : undefined;
}

const EDIT = { lab: 'edit-lab', notes: 'edit-notes' } as const;

function createPeer(socket: WebSocket, { name, pass: { role, person } }: Opening, limits: Limits): Peer {
  return {
    person,
    role,
    mayEdit: can(role, EDIT[name]),
    moderates: can(role, 'moderate-notes'),
    send(message) {
      if (socket.bufferedAmount > limits.bufferedBytes) socket.terminate();
      else socket.send(message);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
