/** Links made in this room: keeping a run as one, and whose names may stand in it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PersonId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import type { ReplayedRun } from '#lib/link/replay';
import type { FreezeRequest, LinkReply, RecapRequest } from '#lib/wire/protocol';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { linkOf, type LinkWish } from './keep-link.ts';
import { rememberLink } from './memory.ts';

export interface LinksState {
  /** Who asks whether one's own name may stand in a link; null: nobody does. */
  readonly askedBy: string | null;
  /** People who have said that theirs may. */
  readonly lent: readonly PersonId[];
}

export interface LinksActions {
  /** The new link, whose key this browser remembers, or why there is none. `again`: the run, where it was trained once more in this tab. */
  readonly make: (request: LinkWish, again: ReplayedRun | null) => Promise<Result<LinkReply>>;
  /** As well, of all that the room has tried and said. */
  readonly recap: (request: RecapRequest) => Promise<Result<LinkReply>>;
  readonly askNames: (people: readonly PersonId[]) => Promise<void>;
  readonly lend: (allowed: boolean) => Promise<void>;
}

export interface Links {
  readonly store: StoreApi<LinksState>;
  readonly actions: LinksActions;
}

export const NO_LINKS: LinksState = { askedBy: null, lent: [] };

export function createLinks(socket: RoomSocket, now: () => number): Links {
  const store = createStore<LinksState>(() => NO_LINKS);
  socket.on('nameAsked', (askedBy) => {
    store.setState({ askedBy });
  });
  socket.on('lent', (lent) => {
    store.setState({ lent });
  });
  const remembered = ({ title }: FreezeRequest, reply: Result<LinkReply> | null): Result<LinkReply> => {
    const answer = reply ?? LOST;
    if (answer.ok && answer.value.key !== null)
      rememberLink({ link: answer.value.link, key: answer.value.key, title, madeAt: now() });
    return answer;
  };
  return {
    store,
    actions: {
      async make(request, again) {
        const link = again === null ? null : await linkOf(again, request, now());
        if (link?.ok === false) return link;
        return remembered(request, await ask(socket, 'link', { ...request, again: link?.value ?? null }));
      },
      async recap(request) {
        return remembered(request, await ask(socket, 'recap', request));
      },
      async askNames(people) {
        const answer = await ask(socket, 'askNames', { people });
        if (answer?.ok === true) store.setState({ lent: answer.value });
      },
      async lend(allowed) {
        store.setState({ askedBy: null });
        await ask(socket, 'lendName', { allowed });
      },
    },
  };
}
