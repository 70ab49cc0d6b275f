/** How often something may be done in an hour, by each session and by all of them: a session costs nothing to whoever drops its cookie. */
import { createBucket, type Bucket } from './rate.ts';
import type { SessionId } from './rooms/identity.ts';

export interface Quota {
  take(session: SessionId): boolean;
}

const HOUR_S = 3_600;

export function createQuota(perHour: number, perHourInAll: number, now: () => number): Quota {
  const bucketOf = (count: number): Bucket => createBucket(count / HOUR_S, count, now);
  const everyone = bucketOf(perHourInAll);
  const sessions = new Map<SessionId, Bucket>();
  const forget = (): void => {
    // A forgotten session starts afresh, within what everyone together may do.
    if (sessions.size > 10 * perHourInAll) sessions.clear();
  };
  return {
    take(session) {
      forget();
      const bucket = sessions.get(session) ?? bucketOf(perHour);
      sessions.set(session, bucket);
      return bucket.take() && everyone.take();
    },
  };
}
