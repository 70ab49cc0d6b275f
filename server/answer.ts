/** What the HTTP interface answers with, and how a request's body is read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ok, refuse, type RefusalCode, type Result } from '#lib/base/result';

export type Answer = JsonAnswer | FileAnswer;

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes as they are. */
export interface FileAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export const NOTHING = refuse('not-found', 'There is nothing at this address.');

const STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
};

export const refused = ({ error }: { error: { code: RefusalCode } }): Answer => ({
  status: STATUS[error.code],
  body: { error },
});

const JSON_HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  if (!('bytes' in answer)) {
    response.writeHead(answer.status, { ...JSON_HEADERS, ...answer.headers });
    response.end(JSON.stringify(answer.body));
    return;
  }
  const { status, headers } = answer;
  const etag = headers['ETag'];
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const packed = await packedFor(request, answer);
  const bytes = packed ?? answer.bytes;
  const encoding = packed === undefined ? {} : { 'Content-Encoding': 'gzip' };
  response.writeHead(status, { ...headers, ...encoding, Vary: 'Accept-Encoding', 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

const compress = promisify(gzip);

/** Text, where who asks can unpack it. */
async function packedFor(request: IncomingMessage, { bytes, headers }: FileAnswer): Promise<Uint8Array | undefined> {
  const accepts = /\bgzip\b/.test([request.headers['accept-encoding']].join(', '));
  const isText = /json|html|text/.test(headers['Content-Type'] ?? '');
  return accepts && isText ? compress(bytes) : undefined;
}

/** At most so many bytes of it. */
export async function readJson(request: IncomingMessage, most: number): Promise<Result<unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) return refuse('invalid', `The body must have at most ${most} bytes.`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return ok(text === '' ? {} : (JSON.parse(text) as unknown));
  } catch {
    return refuse('invalid', 'The body must be JSON.');
  }
}
