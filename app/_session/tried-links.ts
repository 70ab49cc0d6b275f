/**
 * Links of what was trained in this tab and nowhere else: made here, of this tab's own frames, and brought to the server as a link from
 * a file would be. Notes stay with the run that they were written on.
 */
import { createStore } from 'zustand/vanilla';
import { refuse, type Result } from '#lib/base/result';
import type { Link } from '#lib/link/link';
import type { MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { RunRecord } from '#lib/runs/record';
import type { LinkReply, LinkRequest } from '#lib/wire/protocol';
import { LOST } from './connection.ts';
import { NO_LINKS, type Links } from './links.ts';
import { rememberLink } from './memory.ts';

export interface OwnRun {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** The kept ones, with all instances, ascending. */
  readonly frames: readonly Frame[];
}

const NOTHING = refuse('conflict', 'This run was not trained here: run it again, and make the link then.', 'run');

/** `whole`: the run of this tab, while it has one. `now`: ms since 1970. */
export function createTriedLinks(whole: () => OwnRun | null, now: () => number): Links {
  async function made(request: LinkRequest): Promise<Result<Link>> {
    const run = whole();
    if (run?.record.id !== request.run) return NOTHING;
    const { makeLink } = await import('#lib/link/make');
    const { title, authors, licence, item, supersedes } = request;
    const words = { title: title.trim(), authors, licence: licence as Link['licence'], item };
    return makeLink({ ...run, ...words, madeAt: now(), supersedes: supersedes?.link ?? null, notes: [] });
  }

  return {
    store: createStore(() => NO_LINKS),
    actions: {
      async make(request) {
        const link = await made(request);
        if (!link.ok) return link;
        const reply = await post<LinkReply>('/api/links', link.value);
        if (!reply.ok) return reply;
        const { link: id, key } = reply.value;
        if (key !== null) rememberLink({ link: id, key, title: link.value.title, madeAt: link.value.madeAt });
        const { supersedes } = request;
        const told =
          supersedes === null
            ? reply
            : await post(`/api/links/${supersedes.link}/supersede`, { by: id }, supersedes.key);
        return told.ok ? reply : told;
      },
      askNames: () => Promise.resolve(),
      lend: () => Promise.resolve(),
    },
  };
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
