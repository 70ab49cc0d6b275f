/** Which browser origins may speak to this server. CORS headers do not guard WebSockets, so every handshake is checked. */
import type { IncomingMessage } from 'node:http';
import type { Config } from './config.ts';

export interface Origins {
  /** True for a page of ours, and for a program, which sends no Origin. */
  allows(request: IncomingMessage): boolean;
  /** True when the browser asked over https. */
  readonly isSecure: (request: IncomingMessage) => boolean;
}

export function createOrigins({ publicOrigins, trustProxy }: Pick<Config, 'publicOrigins' | 'trustProxy'>): Origins {
  const forwarded = (request: IncomingMessage, name: string): string | undefined =>
    trustProxy ? firstOf(request.headers[name]) : undefined;

  return {
    allows(request) {
      const { origin } = request.headers;
      if (origin === undefined) return true;
      if (publicOrigins.length > 0) return publicOrigins.includes(origin);
      const host = forwarded(request, 'x-forwarded-host') ?? request.headers.host;
      return URL.canParse(origin) && new URL(origin).host === host;
    },
    isSecure: (request) => 'encrypted' in request.socket || forwarded(request, 'x-forwarded-proto') === 'https',
  };
}

const firstOf = (header: string | string[] | undefined): string | undefined =>
  (typeof header === 'string' ? header : header?.[0])?.split(',')[0]?.trim();
