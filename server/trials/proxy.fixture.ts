/** A network between people and a server, in plain TCP: as narrow as one likes, and cut when one likes. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** Bytes that came down so far. */
  received(): number;
  /** Ends every connection at once, without a farewell. */
  cut(): void;
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
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      upstream.pause();
      line.carry(
        chunk,
        (part) => void client.write(part),
        () => upstream.resume(),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: line.carried,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      line.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Line {
  carry(chunk: Buffer, deliver: (part: Buffer) => void, done: () => void): void;
  readonly carried: () => number;
  stop(): void;
}

/** Shares its bandwidth among all that waits, one packet of each in turn. */
function createLine(bitsPerSecond: number): Line {
  const waiting: { rest: Buffer; deliver: (part: Buffer) => void; done: () => void }[] = [];
  const perTick = (bitsPerSecond / 8) * (TICK_MS / 1_000);
  let credit = 0;
  let bytes = 0;
  const PACKET = 1_500;

  function send(): void {
    credit = Math.min(credit + perTick, 4 * perTick);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (credit < Math.min(PACKET, next.rest.length)) {
        waiting.unshift(next);
        return;
      }
      const part = next.rest.subarray(0, PACKET);
      credit -= part.length;
      bytes += part.length;
      next.deliver(part);
      next.rest = next.rest.subarray(part.length);
      if (next.rest.length > 0) waiting.push(next);
      else next.done();
    }
  }

  const timer = Number.isFinite(bitsPerSecond) ? setInterval(send, TICK_MS) : undefined;
  return {
    carry(chunk, deliver, done) {
      if (timer === undefined) {
        bytes += chunk.length;
        deliver(chunk);
        done();
      } else waiting.push({ rest: chunk, deliver, done });
    },
    carried: () => bytes,
    stop: () => clearInterval(timer),
  };
}
