/** Links made in this room: keeping a run as one, and whose names may stand in it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PersonId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import type { LinkNote } from '#lib/link/link';
import type { ReplayedRun } from '#lib/link/replay';
import type { LinkReply, LinkRequest } from '#lib/wire/protocol';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { keepLink } from './keep-link.ts';
import { rememberLink } from './memory.ts';

export interface LinksState {
  /** Who asks whether one's own name may stand in a link; null: nobody does. */
  readonly askedBy: string | null;
  /** People who have said that theirs may. */
  readonly lent: readonly PersonId[];
}

/** A run of the room that was trained once more in this tab, for its link, and the notes as they stand in it. */
export interface TrainedAgain {
  readonly run: ReplayedRun;
  readonly notes: readonly LinkNote[];
}

export interface LinksActions {
  /** The new link, whose key this browser remembers, or why there is none. */
  readonly make: (request: LinkRequest, again: TrainedAgain | null) => Promise<Result<LinkReply>>;
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
  return {
    store,
    actions: {
      async make(request, again) {
        if (again !== null) return keepLink(again.run, request, again.notes, now());
        const answer = (await ask(socket, 'link', request)) ?? LOST;
        if (answer.ok && answer.value.key !== null)
          rememberLink({ link: answer.value.link, key: answer.value.key, title: request.title, madeAt: now() });
        return answer;
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
