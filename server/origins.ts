/**
 * Which browser origins may speak to this server, and how they reached it. CORS headers do not guard WebSockets, so every handshake is
 * checked.
 */
import type { IncomingMessage } from 'node:http';
import type { Config } from './config.ts';

export interface Origins {
  /** True for a page of ours, and for a program, which sends no Origin. */
  readonly allows: (request: IncomingMessage) => boolean;
  /** True when the browser asked over https. */
  readonly isSecure: (request: IncomingMessage) => boolean;
  /** `https://lab.example.org`: as the browser reached us. */
  readonly reached: (request: IncomingMessage) => string;
  /**
   * At the door: from here on `Host` and `X-Forwarded-Proto` are what this server stands for, whoever reads them, and everything else
   * that was forwarded is gone.
   */
  readonly settle: (request: IncomingMessage) => void;
}

export function createOrigins({ publicOrigins, trustProxy }: Pick<Config, 'publicOrigins' | 'trustProxy'>): Origins {
  const forwarded = (request: IncomingMessage, name: string): string | undefined =>
    trustProxy ? firstOf(request.headers[name]) : undefined;

  const isSecure = (request: IncomingMessage): boolean =>
    'encrypted' in request.socket || forwarded(request, 'x-forwarded-proto') === 'https';
  const scheme = (request: IncomingMessage): string => (isSecure(request) ? 'https' : 'http');
  const publicHosts = publicOrigins.map((origin) => new URL(origin).host);
  /** One that is not ours was written by a stranger, and passed on by a proxy that sets none. */
  const hostOf = (request: IncomingMessage): string | undefined => {
    const host = forwarded(request, 'x-forwarded-host');
    const isOurs = host !== undefined && (publicHosts.length === 0 || publicHosts.includes(host));
    return isOurs ? host : request.headers.host;
  };

  return {
    allows(request) {
      const { origin } = request.headers;
      if (origin === undefined) return true;
      if (publicOrigins.length > 0) return publicOrigins.includes(origin);
      return URL.canParse(origin) && new URL(origin).host === hostOf(request);
    },
    isSecure,
    reached: (request) => `${scheme(request)}://${hostOf(request) ?? 'localhost'}`,
    settle(request) {
      const { headers } = request;
      const [host, proto] = [hostOf(request), scheme(request)];
      for (const name of Object.keys(headers).filter(isForwarded)) Reflect.deleteProperty(headers, name);
      if (host !== undefined) headers.host = host;
      headers['x-forwarded-proto'] = proto;
    },
  };
}

const isForwarded = (name: string): boolean => name === 'forwarded' || name.startsWith('x-forwarded-');

const firstOf = (header: string | string[] | undefined): string | undefined =>
  (typeof header === 'string' ? header : header?.[0])?.split(',')[0]?.trim();
