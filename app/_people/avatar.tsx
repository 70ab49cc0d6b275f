/** A person as a disc: initials, colour and a pattern, so that no two are told apart by colour alone. */
import type { CSSProperties, ReactNode } from 'react';
import { initials, PERSON_COLOURS, type Person } from '#lib/room/person';
import styles from './people.module.css';

/** Neighbouring colours get different patterns; twelve colours and five patterns repeat after sixty people. */
const PATTERNS = ['plain', 'stripes', 'rings', 'bars', 'dots'] as const;

interface AvatarProps {
  readonly person: Pick<Person, 'name' | 'colour' | 'seated'>;
}

export function Avatar({ person: { name, colour, seated } }: AvatarProps): ReactNode {
  return (
    <span
      className={styles['avatar']}
      style={{ '--person': PERSON_COLOURS[colour] } as CSSProperties}
      data-pattern={PATTERNS[colour % PATTERNS.length]}
      data-watching={seated ? undefined : ''}
      aria-hidden
    >
      {initials(name)}
    </span>
  );
}
