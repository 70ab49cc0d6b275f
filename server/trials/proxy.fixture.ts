/** A network between people and a server, in plain TCP: as narrow as one likes, and cut when one likes. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { BACKLOG } from '../http.ts';

export interface Proxy {
  readonly url: string;
  /** Bytes that came down so far. */
  received(): number;
  /** Ends every connection at once, without a farewell. */
  cut(): void;
  /** Lets nothing through any more on the connections there are, and tells neither end: a cable pulled, a laptop closed. */
  freeze(): void;
  close(): Promise<void>;
}

const TICK_MS = 10;

/** `bitsPerSecond` is what all connections together get down; Infinity: no bound. */
export async function startProxy(port: number, bitsPerSecond = Infinity): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const line = createLine(bitsPerSecond);
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    // Read at once and carried in time: a server that is done closes, and what is on the line still arrives.
    const lane = line.open({ deliver: (part) => void client.write(part), end: () => void client.end() });
    upstream.on('data', lane.carry);
    upstream.on('close', lane.end);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: line.carried,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      line.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Receiver {
  readonly deliver: (part: Buffer) => void;
  readonly end: () => void;
}

interface Lane {
  readonly carry: (chunk: Buffer) => void;
  /** After everything that was carried. */
  readonly end: () => void;
}

interface Line {
  open(receiver: Receiver): Lane;
  readonly carried: () => number;
  stop(): void;
}

const PACKET_BYTES = 1_500;

/** Shares its bandwidth among all that waits, a packet of each lane in turn. */
function createLine(bitsPerSecond: number): Line {
  const waiting: (() => number)[] = [];
  const perTick = (bitsPerSecond / 8) * (TICK_MS / 1_000);
  let credit = 0;
  let bytes = 0;

  function send(): void {
    credit = Math.min(credit + perTick, 4 * perTick);
    while (credit >= PACKET_BYTES) {
      const next = waiting.shift();
      if (next === undefined) return;
      credit -= next();
    }
  }

  const timer = Number.isFinite(bitsPerSecond) ? setInterval(send, TICK_MS) : undefined;

  function open({ deliver, end }: Receiver): Lane {
    let held: Buffer[] = [];
    let ended = false;
    const queue = (): void => void waiting.push(sendOne);
    /** → bytes sent */
    function sendOne(): number {
      const [first = Buffer.alloc(0), ...rest] = held;
      const part = first.subarray(0, PACKET_BYTES);
      held = first.length > PACKET_BYTES ? [first.subarray(PACKET_BYTES), ...rest] : rest;
      bytes += part.length;
      deliver(part);
      if (held.length > 0) queue();
      else if (ended) end();
      return part.length;
    }
    return {
      carry(chunk) {
        if (timer === undefined) {
          bytes += chunk.length;
          deliver(chunk);
          return;
        }
        held.push(chunk);
        if (held.length === 1) queue();
      },
      end() {
        ended = true;
        if (held.length === 0) end();
      },
    };
  }

  return { open, carried: () => bytes, stop: () => clearInterval(timer) };
}
