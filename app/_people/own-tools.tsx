'use client';
/** What a person may do towards all: raise a hand with a question, lead, take the knobs, hide. */
import { Hand, MousePointer2, Presentation, SlidersHorizontal } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { COMPANY_LIMITS } from '#lib/room/limits';
import { can } from '#lib/room/roles';
import outlined from '../_controls/outlined.module.css';
import { useCompany, useCompanyActions, useRoom } from '../_session/react.tsx';
import styles from './own-tools.module.css';

const OFFICE = `${outlined['outlined'] ?? ''} ${styles['office'] ?? ''}`;

export function OwnTools(): ReactNode {
  const me = useRoom((state) => state.me);
  const { leader, knobs } = useCompany((state) => state.guide);
  const { command } = useCompanyActions();
  if (me === null) return null;
  const owner = can(me.role, 'moderate-room');
  return (
    <div className={styles['tools']}>
      {me.seated ? <RaiseHand /> : null}
      <div className={styles['offices']}>
        {can(me.role, 'lead') ? (
          <Office
            icon={<Presentation size={15} />}
            mine={leader === me.id}
            disabled={leader !== null && leader !== me.id && !owner}
            words={leader === null ? 'Lead' : leader === me.id ? 'Stop leading' : 'Take the lead'}
            onPress={() => {
              command(leader === me.id ? { type: 'give-lead', to: null } : { type: 'lead' });
            }}
          />
        ) : null}
        {can(me.role, 'control-run') ? (
          <Office
            icon={<SlidersHorizontal size={15} />}
            mine={knobs === me.id}
            disabled={knobs !== null && knobs !== me.id && !owner}
            words={knobs === me.id ? 'Give the knobs back' : 'Take the knobs'}
            onPress={() => {
              command(knobs === me.id ? { type: 'give-knobs', to: null } : { type: 'take-knobs' });
            }}
          />
        ) : null}
      </div>
      <Hide />
    </div>
  );
}

interface OfficeProps {
  readonly icon: ReactNode;
  readonly mine: boolean;
  readonly disabled: boolean;
  readonly words: string;
  readonly onPress: () => void;
}

const Office = ({ icon, mine, disabled, words, onPress }: OfficeProps): ReactNode => (
  <button type="button" className={OFFICE} aria-pressed={mine} disabled={disabled} onClick={onPress}>
    {icon} {words}
  </button>
);

function RaiseHand(): ReactNode {
  const me = useRoom((state) => state.me?.id ?? null);
  const hand = useCompany((state) => (me === null ? null : (state.hands.get(me) ?? null)));
  const [question, setQuestion] = useState('');
  const { command } = useCompanyActions();
  if (me === null) return null;
  return (
    <form
      className={styles['raise']}
      onSubmit={(event) => {
        event.preventDefault();
        command({ type: 'raise', question });
        setQuestion('');
      }}
    >
      <input
        aria-label="Question with which to raise a hand"
        placeholder={hand === null ? 'A question (or none)' : 'Another question'}
        value={question}
        maxLength={COMPANY_LIMITS.question}
        onChange={(event) => {
          setQuestion(event.currentTarget.value);
        }}
      />
      {hand !== null && question === '' ? (
        <button
          type="button"
          className={OFFICE}
          aria-pressed
          onClick={() => {
            command({ type: 'lower', person: me });
          }}
        >
          <Hand size={15} /> Lower
        </button>
      ) : (
        <button type="submit" className={OFFICE}>
          <Hand size={15} /> Raise hand
        </button>
      )}
    </form>
  );
}

function Hide(): ReactNode {
  const hidden = useCompany((state) => state.hidden);
  const { hide } = useCompanyActions();
  return (
    <label className={styles['hide']}>
      <input
        type="checkbox"
        checked={hidden}
        onChange={(event) => {
          hide(event.currentTarget.checked);
        }}
      />
      <MousePointer2 size={14} aria-hidden /> Hide my cursor and where I look
    </label>
  );
}
