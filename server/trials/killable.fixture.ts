/** A server in a process of its own that can be killed and started again on the same port and data. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { typescriptArguments } from '../compute/typescript.ts';

export interface Killable {
  readonly url: string;
  readonly pid: () => number;
  /** Resolves when it answers again. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

export async function startKillable(): Promise<Killable> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'polytope-trial-'));
  let child = await start(port, folder);
  const die = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: () => child.pid ?? NaN,
    async kill() {
      await die();
      child = await start(port, folder);
    },
    async end() {
      await die();
      await rm(folder, { recursive: true });
    },
  };
}

async function start(port: number, folder: string): Promise<ChildProcess> {
  const entry = fileURLToPath(new URL('./bare-server.fixture.ts', import.meta.url));
  const child = fork(entry, [String(port), folder], { execArgv: [...typescriptArguments()] });
  await once(child, 'message');
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
