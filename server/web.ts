/** Next as one handler among others on the port, and the headers that every page is sent with. */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import next from 'next';
import { COMMIT_HEADER, NONCE_HEADER } from '#lib/wire/protocol';

export interface Web {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Hot reload, in development only. */
  readonly upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  close(): Promise<void>;
}

export interface WebOptions {
  /** The repository's root. */
  readonly root: string;
  readonly dev: boolean;
  readonly port: number;
  /** For the pages' footer. */
  readonly commit: string;
}

/** What next 16.4 has and its types do not: `getUpgradeHandler` is there, and does not serve hot reload. */
interface Upgrades {
  readonly upgradeHandler: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
}

export async function createWeb({ root, dev, port, commit }: WebOptions): Promise<Web> {
  // Next would end every upgrade that is a page's path. Its listener goes on a decoy; server/lab routes the real ones.
  const decoy: unknown = new EventEmitter();
  const app = next({ dev, dir: root, port, httpServer: decoy as Server });
  await app.prepare();
  const handle = app.getRequestHandler();
  const { upgradeHandler } = app as unknown as Upgrades;

  return {
    serve(request, response) {
      protect(request, response, dev);
      request.headers[COMMIT_HEADER] = commit;
      return handle(request, response);
    },
    upgrade: dev ? (request, socket, head) => void upgradeHandler(request, socket, head) : undefined,
    close: () => app.close(),
  };
}

/** Next reads the nonce for its inline scripts from the request; a page takes its own from `NONCE_HEADER`. */
function protect(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString('base64');
  const isEmbed = /^\/embed\//.test(request.url ?? '');
  const policy = contentSecurityPolicy(nonce, request.headers.host ?? '', { dev, framed: isEmbed });
  request.headers['content-security-policy'] = policy;
  request.headers[NONCE_HEADER] = nonce;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'same-origin');
}

interface PolicyOptions {
  readonly dev: boolean;
  /** By pages of any site: an embed has no credentials and changes nothing. */
  readonly framed: boolean;
}

function contentSecurityPolicy(nonce: string, host: string, { dev, framed }: PolicyOptions): string {
  // Safari before 15.4 does not take a WebSocket of the same host for 'self'.
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    `default-src 'self'`,
    // React's development build evaluates strings to rebuild call stacks.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${dev ? ` 'unsafe-eval'` : ''}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `connect-src 'self'${sockets}`,
    `worker-src 'self' blob:`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors ${framed ? '*' : `'none'`}`,
  ].join('; ');
}
