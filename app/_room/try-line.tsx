'use client';
/** Beside the room: whose try this is, in what it differs, and what may become of it. In the room: the way to one's own, and to what is shown. */
import { FlaskConical } from 'lucide-react';
import { useState, type CSSProperties, type ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import { can } from '#lib/room/roles';
import type { Tried } from '#lib/room/tried';
import { isSweep } from '#lib/spec/tiles';
import pill from '../_controls/pill.module.css';
import { Avatar } from '../_people/avatar.tsx';
import { differences } from '../_session/difference.ts';
import { mayEdit, mayRun } from '../_session/may.ts';
import { useCompany, useCompanyActions, useRoom, useSession } from '../_session/react.tsx';
import { isShownBy, useStandpoint } from './standpoint.tsx';
import styles from './try-line.module.css';
import { useShortcuts } from './use-shortcuts.ts';

export function TryLine(): ReactNode {
  const { at, shown } = useStandpoint();
  if (at === 'mine') return <OwnTry />;
  return at === 'shown' && shown !== null ? <ShownTry tried={shown} /> : null;
}

function OwnTry(): ReactNode {
  const { mine, fork } = useStandpoint();
  const me = useRoom((state) => state.me);
  const tries = useCompany((state) => state.tries);
  const { show, putAway } = useCompanyActions();
  const trained = useSession((state) => state.run?.mine === true && state.run.latest !== null);
  const run = useSession((state) => state.run?.record.id ?? null);
  const ended = useSession((state) => state.run !== null && 'evaluationLoss' in state.run.record.status);
  // Of what is set and of what was trained: too many models for one message.
  const sweeps = useSession(({ spec, run }) => isSweep(spec) || (run !== null && isSweep(run.record.spec)));
  const [busy, setBusy] = useState(false);
  if (me === null || mine === null) return null;
  const held = isShownBy(tries, me.id);
  const isShown = held !== null && held.run === run;
  return (
    <section className={styles['line']} aria-label="Your try" data-testid="try-line">
      <span className={styles['whose']}>
        <FlaskConical size={16} aria-hidden /> <strong>Your try</strong>
        <span className={styles['words']}>
          {isShown ? 'everyone can see it' : sweeps ? SWEEPS : 'nobody else sees it'}
        </span>
      </span>
      <Differences />
      <span className={styles['presses']}>
        {isShown ? (
          <button
            type="button"
            onClick={() => {
              putAway(me.id);
            }}
          >
            Put away
          </button>
        ) : can(me.role, 'show') ? (
          <button
            type="button"
            disabled={!trained || !ended || busy || sweeps}
            title={sweeps ? SWEEPS : ended ? 'Put it before the room, under your name' : 'Run it first'}
            onClick={() => {
              const request = mine.shown();
              if (request === null) return;
              setBusy(true);
              void show(request).finally(() => {
                setBusy(false);
              });
            }}
          >
            Show
          </button>
        ) : null}
        <Adopt />
        <button type="button" title="The room’s parameters again" onClick={fork}>
          Start over
        </button>
        <BackToRoom />
      </span>
    </section>
  );
}

const SWEEPS = 'nobody else sees it: a sweep can be adopted, not shown';

function ShownTry({ tried }: { readonly tried: Tried }): ReactNode {
  const { tryMine, toRoom } = useStandpoint();
  const person = useRoom((state) => state.people.find(({ id }) => id === tried.by.id) ?? null);
  const me = useRoom((state) => state.me);
  const { putAway } = useCompanyActions();
  useShortcuts({ Escape: toRoom });
  const colour = person?.colour ?? 0;
  return (
    <section
      className={styles['line']}
      aria-label={`${tried.by.name}’s try`}
      data-testid="try-line"
      style={{ '--person': PERSON_COLOURS[colour] } as CSSProperties}
    >
      <span className={styles['whose']} role="status">
        <Avatar person={person ?? { name: tried.by.name, colour, seated: true }} />{' '}
        <strong>{tried.by.name}’s try</strong>
      </span>
      <Differences />
      <span className={styles['presses']}>
        {me !== null && can(me.role, 'moderate-room') ? (
          <button
            type="button"
            onClick={() => {
              putAway(tried.by.id);
            }}
          >
            Put away
          </button>
        ) : null}
        <Adopt />
        {me === null ? null : (
          <button type="button" title="Go on from here, alone" onClick={tryMine}>
            Try mine
          </button>
        )}
        <BackToRoom />
      </span>
    </section>
  );
}

function Adopt(): ReactNode {
  const { adopt } = useStandpoint();
  const allowed = useRoom((state) => mayEdit(state) && mayRun(state));
  return allowed ? (
    <button type="button" title="Make it the room’s parameters, and run them" onClick={adopt}>
      Adopt
    </button>
  ) : null;
}

function BackToRoom(): ReactNode {
  const { toRoom } = useStandpoint();
  return (
    <button type="button" data-primary="" onClick={toRoom}>
      Back to the room
    </button>
  );
}

/** "n = 6 · Output: Linear", against the room as it is now. */
function Differences(): ReactNode {
  const own = useSession((state) => state.parameters);
  const rooms = useRoom((state) => state.parameters);
  const words = differences(own, rooms);
  return (
    <span className={styles['differences']} data-testid="differences">
      {words.length === 0 ? 'parameters as in the room' : words.join(' · ')}
    </span>
  );
}

/** Beside the notes: one press forks the experiment, another opens what is shown. */
export function TryButtons(): ReactNode {
  const { at, mine, tryMine, lookAt } = useStandpoint();
  const me = useRoom((state) => state.me);
  const tries = useCompany((state) => state.tries);
  if (me === null || at !== 'room') return null;
  const words = mine === null ? 'Try mine' : 'My try';
  return (
    <span className={styles['ways']}>
      {tries
        .filter(({ by }) => by.id !== me.id)
        .map((tried) => (
          <ShownWay key={tried.by.id} tried={tried} onLook={lookAt} />
        ))}
      <button
        type="button"
        className={pill['pill']}
        data-testid="try-button"
        title="Fork it to yourself (T)"
        aria-label={words}
        onClick={tryMine}
      >
        <FlaskConical size={15} /> <span className={styles['ownWords']}>{words}</span>
      </button>
    </span>
  );
}

interface ShownWayProps {
  readonly tried: Tried;
  readonly onLook: (tried: Tried) => void;
}

function ShownWay({ tried, onLook }: ShownWayProps): ReactNode {
  const person = useRoom((state) => state.people.find(({ id }) => id === tried.by.id));
  return (
    <button
      type="button"
      className={`${pill['pill'] ?? ''} ${styles['way'] ?? ''}`}
      data-testid="shown-try"
      onClick={() => {
        onLook(tried);
      }}
    >
      <Avatar person={person ?? { name: tried.by.name, colour: 0, seated: true }} />
      <span className={styles['wayName']}>{tried.by.name}’s try</span>
    </button>
  );
}
