'use client';
/** Alone in time, or with the group; and whose hand is on the group's. */
import { Users } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import { can } from '#lib/room/roles';
import { formatCount } from '../_figures/scales.ts';
import { useIsRoom, useSession, useTime, useTimeActions } from '../_session/react.tsx';
import { handOn } from '../_session/time.ts';
import styles from './time.module.css';

export function GroupButton(): ReactNode {
  const me = useSession((state) => state.me);
  const group = useTime((state) => state.group);
  const together = useTime((state) => state.together);
  const { join } = useTimeActions();
  const isRoom = useIsRoom();
  // Who may not move it may still come along.
  if (me === null || !isRoom || (group === null && !can(me.role, 'control-run'))) return null;
  const leader = group === null || group.by.id === me.id ? null : group.by;
  const words = leader === null ? 'With the group' : together ? `With ${leader.name}` : `Join ${leader.name}`;
  return (
    <button
      type="button"
      className={styles['group']}
      style={leader === null ? undefined : ({ '--person': PERSON_COLOURS[leader.colour] } as CSSProperties)}
      data-led={leader === null ? undefined : ''}
      data-testid="group-time"
      aria-pressed={together}
      aria-label={words}
      title={titleOf(together, leader?.name ?? null)}
      onClick={() => {
        join(!together);
      }}
    >
      <Users size={14} /> <span>{words}</span>
    </button>
  );
}

function titleOf(together: boolean, leader: string | null): string {
  if (leader !== null)
    return together ? `${leader} moves the time. Press to go your own way (Esc, G)` : `Come to where ${leader} is (G)`;
  return together
    ? 'Your hand on the time moves everyone who is with the group. Press to go your own way (G)'
    : 'Move the time for everyone (G)';
}

/** Said, and shown where there is room: who moves what one sees. */
export function GroupWords(): ReactNode {
  const me = useSession((state) => state.me?.id ?? null);
  const hand = useTime((state) => handOn(state, me));
  if (hand === null) return null;
  return (
    <span
      className={styles['hand']}
      style={{ '--person': PERSON_COLOURS[hand.colour] } as CSSProperties}
      role="status"
      data-testid="time-hand"
    >
      {hand.name} moves the time
    </span>
  );
}

interface GroupMarkProps {
  readonly run: string | undefined;
  /** Share of the track, 0 … 1. */
  readonly position: (step: number) => number;
}

/** Where the group is, for who is elsewhere. */
export function GroupMark({ run, position }: GroupMarkProps): ReactNode {
  const group = useTime((state) => (state.together ? null : state.group));
  if (group === null || group.run !== run) return null;
  return (
    <span
      className={styles['elsewhere']}
      style={{ left: `${100 * position(group.step)}%`, '--person': PERSON_COLOURS[group.by.colour] } as CSSProperties}
      title={`${group.by.name} is at step ${formatCount(group.step)}`}
    />
  );
}
