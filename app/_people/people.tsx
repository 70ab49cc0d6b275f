'use client';
/** Who is here: five discs and "+n"; behind them everyone by name, where they look, and what one may do with them. */
import { Hand, Presentation, SlidersHorizontal } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import type { Person } from '#lib/room/person';
import { useCompany, useRoom } from '../_session/react.tsx';
import { Avatar } from './avatar.tsx';
import { OwnTools } from './own-tools.tsx';
import styles from './people.module.css';
import { PersonLine } from './person-line.tsx';

const SHOWN = 5;
/** On a phone. */
const SHOWN_NARROW = 2;

export function People(): ReactNode {
  const people = useRoom((state) => state.people);
  const hands = useCompany((state) => state.hands);
  const list = useId();
  const seated = people.filter((person) => person.seated);
  if (people.length === 0) return null;
  const raised = people.filter(({ id }) => hands.has(id)).length;
  return (
    <>
      <button
        type="button"
        className={styles['people']}
        data-testid="people-button"
        popoverTarget={list}
        aria-label={`${people.length} ${people.length === 1 ? 'person' : 'people'} here${raised === 0 ? '' : `, ${raised} with a hand up`}`}
      >
        {seated.slice(0, SHOWN).map((person) => (
          <span key={person.id} className={styles['disc']} title={person.name} data-testid="person">
            <Avatar person={person} />
            <Badge person={person} />
          </span>
        ))}
        {seated.length === 0 ? (
          <span className={styles['more']}>{people.length} watching</span>
        ) : (
          <>
            <More count={people.length - Math.min(SHOWN, seated.length)} className={styles['wide']} />
            <More count={people.length - Math.min(SHOWN_NARROW, seated.length)} className={styles['narrow']} />
          </>
        )}
      </button>
      <div id={list} popover="auto" className={styles['list']} data-testid="people-list" aria-label="In this room">
        <h2>In this room</h2>
        <OwnTools />
        <ul>
          {people.map((person) => (
            <PersonLine key={person.id} person={person} />
          ))}
        </ul>
      </div>
    </>
  );
}

/** A hand comes before the lead, and that before the knobs: what asks for something is seen first. */
function Badge({ person: { id } }: { readonly person: Person }): ReactNode {
  const raised = useCompany((state) => state.hands.has(id));
  const { leader, knobs } = useCompany((state) => state.guide);
  const icon = raised ? (
    <Hand size={10} />
  ) : leader === id ? (
    <Presentation size={10} />
  ) : knobs === id ? (
    <SlidersHorizontal size={10} />
  ) : null;
  return icon === null ? null : (
    <span className={styles['badge']} data-raised={raised ? '' : undefined} aria-hidden>
      {icon}
    </span>
  );
}

function More({
  count,
  className = '',
}: {
  readonly count: number;
  readonly className: string | undefined;
}): ReactNode {
  return count > 0 ? <span className={`${styles['more'] ?? ''} ${className}`}>+{count}</span> : null;
}
