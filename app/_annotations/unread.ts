import type { PersonId } from '#lib/base/id';
import { mentionedIn } from '#lib/room/mention';
import type { Entry, Thread } from '#lib/room/threads';

export interface Unread {
  /** Notes and replies of others. */
  readonly news: number;
  /** Threads in which one of them speaks to this person. */
  readonly mentions: readonly Thread[];
}

/** What has come since `seenAt`, ms. */
export function unreadFor(me: PersonId | null, threads: readonly Thread[], seenAt: number): Unread {
  const isNew = ({ at, author }: Entry): boolean => at > seenAt && author !== me;
  const fresh = (thread: Thread): readonly Entry[] => [thread, ...thread.replies].filter(isNew);
  return {
    news: threads.reduce((sum, thread) => sum + fresh(thread).length, 0),
    mentions: threads.filter((thread) =>
      fresh(thread).some(({ text }) => me !== null && mentionedIn(text).includes(me)),
    ),
  };
}
