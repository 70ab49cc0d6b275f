/** The moment of a run that the group looks at together: one for a room, moved by whoever may run experiments, the last hand wins. */
import type { GroupTime, Moment } from '#lib/wire/protocol';
import type { Audience } from './connection.ts';
import type { Member } from './people.ts';
import { createThrottle } from './throttle.ts';

export interface GroupClock {
  present(): GroupTime | null;
  move(member: Member, moment: Moment | null): void;
  /** What everyone looked at is over. */
  end(): void;
  close(): void;
}

/** ms: 15 times a second looks like gliding */
const BATCH_MS = 66;

export function createGroupClock(audience: Audience): GroupClock {
  let time: GroupTime | null = null;
  /** Connections that have moved it since it was last told: the only one needs no echo. */
  const hands = new Set<string>();
  let holder: string | null = null;
  const told = createThrottle(() => {
    const [hand = null] = hands;
    const alone = hands.size === 1 && hand === holder;
    holder = [...hands].at(-1) ?? null;
    hands.clear();
    audience.tell(alone ? holder : null, 'time', time);
  }, BATCH_MS);

  return {
    present: () => time,
    move({ person: { id, name, colour }, connection }, moment) {
      if (moment === null && time === null) return;
      time = moment === null ? null : { ...moment, by: { id, name, colour } };
      hands.delete(connection.id);
      hands.add(connection.id);
      told.call();
    },
    end() {
      if (time === null) return;
      time = null;
      hands.add('');
      told.call();
    },
    close: () => told.cancel(),
  };
}
