'use client';
/** Who leads, who has the knobs, whose hand is up: one line over the figures, and the leader's colour around the screen. */
import { Hand, Presentation, SlidersHorizontal } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { PersonId } from '#lib/base/id';
import { PERSON_COLOURS, type Person } from '#lib/room/person';
import { can } from '#lib/room/roles';
import { useCompany, useCompanyActions, useRoom } from '../_session/react.tsx';
import { Avatar } from './avatar.tsx';
import styles from './guide-line.module.css';

export function GuideLine(): ReactNode {
  const { leader, knobs } = useCompany((state) => state.guide);
  const follows = useCompany((state) => state.follows);
  const hands = useCompany((state) => state.hands);
  if (leader === null && knobs === null && follows === null && hands.size === 0) return null;
  return (
    <div className={styles['line']} data-testid="guide-line">
      <Lead leader={leader} follows={follows} />
      {knobs === null ? null : <Knobs holder={knobs} />}
      <Hands />
      <Frame whose={leader !== null && (follows === leader || follows === null) ? leader : follows} />
    </div>
  );
}

const usePerson = (id: PersonId | null): Person | null =>
  useRoom((state) => state.people.find((person) => person.id === id) ?? null);

const useMe = (): Person | null => useRoom((state) => state.me);

interface LeadProps {
  readonly leader: PersonId | null;
  readonly follows: PersonId | null;
}

function Lead({ leader, follows }: LeadProps): ReactNode {
  const shown = usePerson(leader ?? follows);
  const me = useMe();
  const { follow, command } = useCompanyActions();
  if (shown === null) return null;
  if (leader !== null && leader === me?.id)
    return (
      <Chip person={shown} icon={<Presentation size={14} />} testId="lead">
        You lead <Followers of={leader} />
        <Press
          onPress={() => {
            command({ type: 'give-lead', to: null });
          }}
        >
          Stop leading
        </Press>
      </Chip>
    );
  const along = follows === shown.id;
  return (
    <Chip person={shown} icon={<Presentation size={14} />} testId="lead">
      <span>
        {leader === null
          ? `You follow ${shown.name}`
          : along
            ? `${shown.name} leads`
            : `${shown.name} leads, you look by yourself`}
      </span>
      <Press
        keys={along ? 'Esc' : 'F'}
        onPress={() => {
          follow(along ? null : shown.id);
        }}
      >
        {along ? 'Leave' : 'Follow'}
      </Press>
    </Chip>
  );
}

/** "· 6 of 7 follow" */
function Followers({ of }: { readonly of: PersonId }): ReactNode {
  const [following, others] = useCompany(
    useShallow(({ seen }) => {
      const all = [...seen].filter(([id]) => id !== of);
      return [all.filter(([, { follows }]) => follows === of).length, all.length] as const;
    }),
  );
  return (
    <span className={styles['muted']} data-testid="followers">
      {others === 0 ? '· nobody else is here' : `· ${following} of ${others} follow`}
    </span>
  );
}

function Knobs({ holder }: { readonly holder: PersonId }): ReactNode {
  const person = usePerson(holder);
  const me = useMe();
  const { command } = useCompanyActions();
  if (person === null) return null;
  const mine = holder === me?.id;
  return (
    <Chip person={person} icon={<SlidersHorizontal size={14} />} testId="knobs">
      <span>{mine ? 'You have the knobs' : `${person.name} has the knobs`}</span>
      {mine ? (
        <Press
          onPress={() => {
            command({ type: 'give-knobs', to: null });
          }}
        >
          Give them back
        </Press>
      ) : me !== null && can(me.role, 'moderate-room') ? (
        <Press
          onPress={() => {
            command({ type: 'take-knobs' });
          }}
        >
          Take them
        </Press>
      ) : null}
    </Chip>
  );
}

/** The hand that was raised first, and how many wait behind it. */
function Hands(): ReactNode {
  const hands = useCompany((state) => state.hands);
  const leader = useCompany((state) => state.guide.leader);
  const people = useRoom((state) => state.people);
  const me = useMe();
  const { command } = useCompanyActions();
  const up = [...hands].flatMap(([id, hand]) => {
    const person = people.find((held) => held.id === id);
    return person === undefined ? [] : [{ person, hand }];
  });
  const [first] = up;
  if (first === undefined) return null;
  const { person, hand } = first;
  const mine = person.id === me?.id;
  const mayLower = mine || (me !== null && (leader === me.id || can(me.role, 'moderate-room')));
  return (
    <Chip person={person} icon={<Hand size={14} />} testId="raised">
      <span className={styles['question']} role="status" title={hand.question}>
        {mine ? 'Your hand is up' : person.name}
        {hand.question === '' ? (mine ? '' : ' raises a hand') : `: “${hand.question}”`}
      </span>
      {up.length > 1 ? <span className={styles['muted']}>and {up.length - 1} more</span> : null}
      {mayLower ? (
        <Press
          onPress={() => {
            command({ type: 'lower', person: person.id });
          }}
        >
          Lower
        </Press>
      ) : null}
    </Chip>
  );
}

interface ChipProps {
  readonly person: Person;
  readonly icon: ReactNode;
  readonly testId: string;
  readonly children: ReactNode;
}

const Chip = ({ person, icon, testId, children }: ChipProps): ReactNode => (
  <div
    className={styles['chip']}
    data-testid={testId}
    style={{ '--person': PERSON_COLOURS[person.colour] } as CSSProperties}
  >
    <Avatar person={person} />
    <span className={styles['icon']} aria-hidden>
      {icon}
    </span>
    {children}
  </div>
);

interface PressProps {
  readonly keys?: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

const Press = ({ keys, onPress, children }: PressProps): ReactNode => (
  <button type="button" className={styles['press']} onClick={onPress}>
    {children}
    {keys === undefined ? null : <kbd>{keys}</kbd>}
  </button>
);

/** Around everything, in the colour of the one who leads, or whom one follows. */
function Frame({ whose }: { readonly whose: PersonId | null }): ReactNode {
  const person = usePerson(whose);
  const follows = useCompany((state) => state.follows);
  const me = useMe();
  if (person === null || (follows !== whose && whose !== me?.id)) return null;
  return (
    <div
      className={styles['frame']}
      style={{ '--person': PERSON_COLOURS[person.colour] } as CSSProperties}
      data-testid="lead-frame"
      aria-hidden
    />
  );
}
