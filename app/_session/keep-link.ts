/** A link that is made in this tab, of this tab's own frames. */
import { refuse, type Result } from '#lib/base/result';
import type { Link } from '#lib/link/link';
import type { ReplayedRun } from '#lib/link/replay';
import type { LinkReply, LinkRequest } from '#lib/wire/protocol';
import { LOST } from './connection.ts';
import { rememberLink } from './memory.ts';

export type LinkWish = Omit<LinkRequest, 'again'>;

/** As it stands before the server has seen it: nobody's notes are in it. `now`: ms since 1970. */
export async function linkOf(run: ReplayedRun, request: LinkWish, now: number): Promise<Result<Link>> {
  const { makeLink } = await import('#lib/link/make');
  const { title, authors, licence, item, supersedes } = request;
  const words = { title: title.trim(), authors, licence: licence as Link['licence'], item };
  return makeLink({ ...run, ...words, madeAt: now, supersedes: supersedes?.link ?? null, notes: [] });
}

/** Brought to the server as a link from a file would be. The new link, whose key this browser remembers, or why there is none. */
export async function keepLink(run: ReplayedRun, request: LinkWish, now: number): Promise<Result<LinkReply>> {
  const { supersedes } = request;
  const link = await linkOf(run, request, now);
  if (!link.ok) return link;
  const reply = await post<LinkReply>('/api/links', link.value);
  if (!reply.ok) return reply;
  const { link: id, key } = reply.value;
  if (key !== null) rememberLink({ link: id, key, title: link.value.title, madeAt: now });
  if (supersedes === null) return reply;
  const told = await post(`/api/links/${supersedes.link}/supersede`, { by: id }, supersedes.key);
  return told.ok ? reply : told;
}

async function post<T>(address: string, body: object, key = ''): Promise<Result<T>> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
    });
    const held = (await answer.json()) as T & { readonly error?: Parameters<typeof refuse> & { message?: string } };
    if (answer.ok) return { ok: true, value: held };
    return refuse('unavailable', held.error?.message ?? `The server answered ${answer.status}.`);
  } catch {
    return LOST;
  }
}
