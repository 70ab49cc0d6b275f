/** A bucket of tokens: `perSecond` on average, `burst` at once. */
export interface Bucket {
  /** False when it is empty. */
  take(): boolean;
}

export function createBucket(perSecond: number, burst: number, now: () => number): Bucket {
  let tokens = burst;
  let filledAt = now();
  return {
    take() {
      const time = now();
      tokens = Math.min(burst, tokens + ((time - filledAt) / 1_000) * perSecond);
      filledAt = time;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

/** How much burst a connection is allowed: reconnecting and catching up is one. */
export const BURST_SECONDS = 10;
