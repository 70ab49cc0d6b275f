'use client';
/** A person of the list: who they are here, where they look, what they ask, and what one may do with them. */
import { Eye, EyeOff, Hand, Presentation, SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PersonId } from '#lib/base/id';
import { lookOf, type LookFigure } from '#lib/room/company';
import type { Person } from '#lib/room/person';
import { can } from '#lib/room/roles';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { formatDensity } from '../_figures/scales.ts';
import type { CompanyState } from '../_session/company.ts';
import { useCompany, useCompanyActions, useRoom } from '../_session/react.tsx';
import { Avatar } from './avatar.tsx';
import styles from './people.module.css';

export function PersonLine({ person }: { readonly person: Person }): ReactNode {
  const me = useRoom((state) => state.me);
  const hand = useCompany((state) => state.hands.get(person.id) ?? null);
  return (
    <li data-testid="person-line" data-person={person.name}>
      <Avatar person={person} />
      <div className={styles['who']}>
        <span className={styles['name']}>{person.name}</span>
        <RoleWords person={person} mine={person.id === me?.id} />
        <Whereabouts person={person} />
        {hand === null ? null : (
          <span className={styles['asks']}>
            <Hand size={12} aria-label="Hand up" /> {hand.question}
          </span>
        )}
      </div>
      {me === null ? null : <Tools person={person} me={me} raised={hand !== null} />}
    </li>
  );
}

function RoleWords({ person, mine }: { readonly person: Person; readonly mine: boolean }): ReactNode {
  const { leader, knobs } = useCompany((state) => state.guide);
  const words = [
    ...(mine ? ['you'] : []),
    ...(person.role === 'owner' ? ['owner'] : []),
    ...(person.seated ? [] : ['watching']),
    ...(leader === person.id ? ['leads'] : []),
    ...(knobs === person.id ? ['has the knobs'] : []),
  ];
  return words.length === 0 ? null : <span className={styles['note']}>{words.join(' · ')}</span>;
}

const FIGURES: Readonly<Record<LookFigure, string>> = {
  strip: 'the strip',
  directions: 'directions',
  gram: 'WᵀW',
  norms: 'norms',
  loss: 'loss',
  timeline: 'the timeline',
  map: 'the diagram',
};

/** "at S = 0.90, WᵀW", "follows Ada" */
function Whereabouts({ person: { id } }: { readonly person: Person }): ReactNode {
  const spec = useRoom((state) => state.run?.record.spec ?? state.spec);
  const item = useRoom((state) => state.item?.id ?? null);
  const words = useCompany((state) => wordsOf(state, id, spec, item));
  const followed = useCompany((state) => state.seen.get(id)?.follows ?? null);
  const name = useRoom((state) => state.people.find((person) => person.id === followed)?.name ?? null);
  const said = name === null ? words : `follows ${name}`;
  return said === '' ? null : <span className={styles['where']}>{said}</span>;
}

function wordsOf({ seen }: CompanyState, id: PersonId, spec: RunSpec, item: string | null): string {
  const look = lookOf(seen, id);
  if (look === null) return '';
  if (look.trying) return 'looks at a try';
  if (look.item !== item || look.cell >= cellCount(spec)) return '';
  const { S } = formatDensity(cellParameters(spec, look.cell).density);
  return `at S = ${S}, ${FIGURES[look.figure]}`;
}

interface ToolsProps {
  readonly person: Person;
  readonly me: Person;
  readonly raised: boolean;
}

function Tools({ person: { id, name, role }, me, raised }: ToolsProps): ReactNode {
  const follows = useCompany((state) => state.follows === id);
  const { leader, knobs } = useCompany((state) => state.guide);
  const { follow, command } = useCompanyActions();
  const owner = can(me.role, 'moderate-room');
  const other = id !== me.id;
  return (
    <span className={styles['tools']}>
      {raised && (!other || leader === me.id || owner) ? (
        <Tool
          label={other ? `Lower ${name}’s hand` : 'Lower my hand'}
          onPress={() => {
            command({ type: 'lower', person: id });
          }}
        >
          <Hand size={15} />
        </Tool>
      ) : null}
      {other && (leader === me.id || (owner && leader !== null && leader !== id)) && can(role, 'lead') ? (
        <Tool
          label={`Hand the lead to ${name}`}
          onPress={() => {
            command({ type: 'give-lead', to: id });
          }}
        >
          <Presentation size={15} />
        </Tool>
      ) : null}
      {other && (knobs === me.id || (owner && knobs !== null && knobs !== id)) && can(role, 'control-run') ? (
        <Tool
          label={`Give the knobs to ${name}`}
          onPress={() => {
            command({ type: 'give-knobs', to: id });
          }}
        >
          <SlidersHorizontal size={15} />
        </Tool>
      ) : null}
      {other ? (
        <Tool
          label={follows ? `Stop following ${name}` : `Follow ${name}`}
          pressed={follows}
          onPress={() => {
            follow(follows ? null : id);
          }}
        >
          {follows ? <EyeOff size={15} /> : <Eye size={15} />}
        </Tool>
      ) : null}
    </span>
  );
}

interface ToolProps {
  readonly label: string;
  readonly pressed?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

const Tool = ({ label, pressed, onPress, children }: ToolProps): ReactNode => (
  <button type="button" aria-label={label} title={label} aria-pressed={pressed} onClick={onPress}>
    {children}
  </button>
);
