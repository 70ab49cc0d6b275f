/**
 * Hands on controls: the newest of each person. The first touch is passed on at once, those that follow in batches, so that
 * sixty people dragging cost one core little.
 */
import type { PersonId } from '#lib/base/id';
import type { Touch } from '#lib/wire/protocol';
import type { Audience } from './connection.ts';
import { createThrottle } from './throttle.ts';

export interface Touches {
  /** `from` is the connection, which needs no echo. */
  touch(person: PersonId, from: string, touch: Touch | null): void;
  /** The connection is gone, and with it the hand. */
  leave(from: string): void;
  close(): void;
}

/** ms: 15 times a second looks like gliding */
const BATCH_MS = 66;

interface Hand {
  readonly person: PersonId;
  readonly from: string;
  readonly touch: Touch | null;
}

export function createTouches(audience: Audience): Touches {
  const waiting = new Map<PersonId, Hand>();
  const held = new Map<PersonId, Hand>();
  const flush = createThrottle(() => {
    for (const { person, from, touch } of waiting.values()) audience.tell(from, 'touched', person, touch);
    waiting.clear();
  }, BATCH_MS);

  const touch = (person: PersonId, from: string, value: Touch | null): void => {
    const hand = { person, from, touch: value };
    if (value === null) held.delete(person);
    else held.set(person, hand);
    waiting.set(person, hand);
    flush.call();
  };

  return {
    touch,
    leave(from) {
      for (const hand of [...held.values()]) if (hand.from === from) touch(hand.person, from, null);
    },
    close: () => flush.cancel(),
  };
}
