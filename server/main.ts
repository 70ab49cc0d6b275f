/** `node --import tsx server/main.ts [--dev | --build]`: the server as its operator starts and stops it; `--build` only makes the pages. */
import { networkInterfaces } from 'node:os';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import QRCode from 'qrcode';
import { buildIfStale } from './build.ts';
import { createComputeProcess } from './compute/compute-process.ts';
import { CannotStart, readConfig, type Config } from './config.ts';
import { claimData, databaseIn } from './data.ts';
import { explainListenError } from './http.ts';
import { createLab, type Lab } from './lab.ts';
import { createLog, type Log } from './log.ts';
import { readRelease } from './release.ts';
import { openLibsqlStorage } from './storage/libsql.ts';
import type { Storage } from './storage/storage.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function start(dev: boolean): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  // Before the build, which may take a minute: a port in use is said at once.
  await probe(config);
  process.once('exit', claimData(config.dataDir));
  const storage = await openStorage(config);
  if (!dev) await buildIfStale(ROOT, say);
  const { createWeb } = await import('./web.ts');
  const release = readRelease(ROOT);
  const lab = createLab(config, {
    storage,
    compute: createComputeProcess({ engine: config.engine }),
    log,
    release,
    web: await createWeb({ root: ROOT, dev, port: config.port, commit: release.commit }),
  });
  await greet(await lab.listen(), config);
  endOnSignal(lab, log);
}

const say = (line: string): void => console.log(line);

async function openStorage({ dataDir }: Config): Promise<Storage> {
  try {
    return await openLibsqlStorage(databaseIn(dataDir));
  } catch (error) {
    throw new CannotStart(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function probe({ port, host }: Config): Promise<void> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw explainListenError(error, { port, host });
  }
  server.close();
  await once(server, 'close');
}

async function greet(port: number, { host, publicOrigins: [origin] }: Config): Promise<void> {
  console.log(`\nPolytope is ready.\n\n  On this machine   http://localhost:${port}`);
  const lan = host === '0.0.0.0' || host === '::' ? lanAddress() : undefined;
  // Where a public name is set, pages are asked for by no other.
  const url = origin ?? (lan === undefined ? undefined : `http://${lan}:${port}`);
  if (url === undefined) return;
  const where = origin === undefined ? 'In this network' : 'For everyone   ';
  console.log(`  ${where}   ${url}\n\n${await QRCode.toString(url, { type: 'utf8' })}`);
}

/** The first address that other machines of this network can reach. */
const lanAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** ms; an orchestrator kills after 10 s or more */
const LEAVE_WITHIN_MS = 9_000;

function endOnSignal(lab: Lab, log: Log): void {
  const end = async (signal: string): Promise<void> => {
    log.info({ signal }, 'draining');
    setTimeout(() => process.exit(1), LEAVE_WITHIN_MS).unref();
    await lab.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      end(signal).catch((error: unknown) => {
        log.error({ error }, 'could not end in good order');
        process.exit(1);
      });
    });
}

try {
  if (process.argv.includes('--build')) await buildIfStale(ROOT, say);
  else await start(process.argv.includes('--dev'));
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exit(1);
}
