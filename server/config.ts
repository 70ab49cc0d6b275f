/** Everything that an operator may set. The only reader of the environment: everyone else is handed a `Config`. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SERVER_ENGINES, type ServerEngine } from './compute/server-engine.ts';

export interface Config {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Origins a browser may come from; none: only the host it asked for. */
  readonly publicOrigins: readonly string[];
  readonly logLevel: LogLevel;
  /** Believe X-Forwarded-Proto and X-Forwarded-Host. */
  readonly trustProxy: boolean;
  /** What trains the runs that this server is asked to train. */
  readonly engine: ServerEngine;
  /** Signs cookies and tickets. */
  readonly secret: Uint8Array;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Why the server cannot start, in one sentence for its operator. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `CannotStart` where a value cannot be used or DATA_DIR cannot be written. */
export function readConfig(environment: Environment = process.env): Config {
  const dataDir = path.resolve(environment['DATA_DIR'] ?? 'data');
  const settings = {
    port: readPort(environment['PORT'] ?? '3000'),
    host: environment['HOST'] ?? '0.0.0.0',
    dataDir,
    publicOrigins: readOrigins(environment['PUBLIC_ORIGIN'] ?? ''),
    logLevel: readLogLevel(environment['LOG_LEVEL'] ?? 'info'),
    trustProxy: readFlag('TRUST_PROXY', environment['TRUST_PROXY'] ?? ''),
    engine: readEngine(environment['ENGINE'] ?? 'auto'),
  };
  prepareDataDir(dataDir);
  return { ...settings, secret: readSecret(path.join(dataDir, 'secret')) };
}

/** Of a process that trains. Untold, TensorFlow takes all of a card's memory at once, and speaks on stderr. */
export const trainingEnvironment = (environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_CPP_MIN_LOG_LEVEL: '2',
  ...environment,
});

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new CannotStart(`PORT must be a whole number from 0 to 65535; "${text}" is not.`);
  return port;
}

function readOrigins(text: string): readonly string[] {
  const origins = text.split(',').map((origin) => origin.trim());
  return origins.filter((origin) => origin !== '').map(readOrigin);
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new CannotStart(`PUBLIC_ORIGIN must list origins such as https://lab.example.org; "${text}" is not one.`);
  return url.origin;
}

function readLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new CannotStart(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}; it is "${text}".`);
  return level;
}

function readEngine(text: string): ServerEngine {
  const engine = SERVER_ENGINES.find((known) => known === text);
  if (engine === undefined)
    throw new CannotStart(`ENGINE must be one of ${SERVER_ENGINES.join(', ')}; it is "${text}".`);
  return engine;
}

function readFlag(name: string, text: string): boolean {
  if (['', '0', 'false'].includes(text)) return false;
  if (['1', 'true'].includes(text)) return true;
  throw new CannotStart(`${name} must be 1 or 0; it is "${text}".`);
}

function prepareDataDir(dataDir: string): void {
  try {
    // Whoever can read what is in it can open its rooms.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CannotStart(`DATA_DIR ${dataDir} cannot be written: give the server a folder of its own.`, {
      cause: error,
    });
  }
}

const SECRET_BYTES = 32;

/** Made at the first start. Losing it costs everyone their name, and nothing else. */
function readSecret(file: string): Uint8Array {
  try {
    writeFileSync(file, randomBytes(SECRET_BYTES).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw new CannotStart(`The secret ${file} cannot be written.`, { cause: error });
  }
  const secret = Buffer.from(readText(file).trim(), 'hex');
  if (secret.length !== SECRET_BYTES)
    throw new CannotStart(`The secret ${file} is damaged: restore it, or remove it and a new one is made.`);
  return secret;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CannotStart(`The secret ${file} cannot be read: give it to the server’s user.`, { cause: error });
  }
}

/** True for Node's system errors of this code, such as EADDRINUSE. */
export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
