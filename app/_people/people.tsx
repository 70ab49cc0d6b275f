'use client';
/** Who is here: five discs and "+n", and everyone by name behind them. */
import { useId, type ReactNode } from 'react';
import type { Person } from '#lib/room/person';
import { Avatar } from './avatar.tsx';
import styles from './people.module.css';

const SHOWN = 5;
/** On a phone. */
const SHOWN_NARROW = 2;

interface PeopleProps {
  readonly people: readonly Person[];
  readonly me: Person | null;
}

export function People({ people, me }: PeopleProps): ReactNode {
  const list = useId();
  const seated = people.filter((person) => person.seated);
  if (people.length === 0) return null;
  return (
    <>
      <button
        type="button"
        className={styles['people']}
        popoverTarget={list}
        aria-label={`${people.length} ${people.length === 1 ? 'person' : 'people'} here`}
      >
        {seated.slice(0, SHOWN).map((person) => (
          <span key={person.id} title={person.name} data-testid="person">
            <Avatar person={person} />
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
      <div id={list} popover="auto" className={styles['list']}>
        <h2>In this room</h2>
        <ul>
          {people.map((person) => (
            <li key={person.id}>
              <Avatar person={person} />
              <span className={styles['name']}>{person.name}</span>
              <span className={styles['note']}>{noteOn(person, me)}</span>
            </li>
          ))}
        </ul>
      </div>
    </>
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

function noteOn(person: Person, me: Person | null): string {
  const notes = [
    ...(person.id === me?.id ? ['you'] : []),
    ...(person.role === 'owner' ? ['owner'] : []),
    ...(person.seated ? [] : ['watching']),
  ];
  return notes.join(' · ');
}
