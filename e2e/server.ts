/** The real server as a process of its own, on a free port, with data of its own: what a newcomer starts. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningServer {
  readonly port: number;
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** Of its process as it is now. */
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
  /** Ends it with `signal`, and starts another on the same port and data. */
  readonly restart: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** ms: a missing build is made first */
const START_MS = 240_000;

export async function startServer(
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<RunningServer> {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'polytope-'));
  const url = `http://127.0.0.1:${String(port)}`;
  const start = async (): Promise<ChildProcess> => {
    const started = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts', ...flags], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATA_DIR: data,
        LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await answering(started, url);
    return started;
  };
  let child = await start();
  return {
    port,
    url,
    pid: () => child.pid ?? NaN,
    stop: async () => {
      await ended(child, 'SIGTERM');
      await rm(data, { recursive: true, force: true });
    },
    restart: async (signal) => {
      await ended(child, signal);
      child = await start();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${String(child.exitCode)}`);
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not answer in time');
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill(signal);
  });
}
