'use client';
/** What the room has to say about itself: each in its place, in words that say what happened and what to press. */
import { X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import { isStale } from '#lib/runs/record';
import { LIMITS } from '#lib/wire/limits';
import { pendingChange } from '../_session/live-change.ts';
import { useActions, useLinkActions, useLinks, usePastRuns, useSession } from '../_session/react.tsx';
import styles from './room.module.css';
import { useClock } from './use-clock.ts';
import { reconnecting } from './words.ts';

export function Notices(): ReactNode {
  return (
    <div className={styles['notices']}>
      <OrphanedNotice />
      <HandOverNotice />
      <FailedNotice />
      <StaleNotice />
      <LeftBehindNotice />
      <SparedNotice />
      <NameNotice />
      <Problem />
    </div>
  );
}

/** The trainer is gone: whoever may control the run goes on with it, in one press. */
function OrphanedNotice(): ReactNode {
  const status = useSession((state) => state.run?.record.status ?? null);
  const allowed = useSession((state) => state.me !== null && can(state.me.role, 'control-run'));
  const actions = useActions();
  if (status?.phase !== 'orphaned') return null;
  return (
    <p className={styles['notice']} data-tone="error" role="alert" data-testid="orphaned">
      {status.message}
      {allowed ? (
        <>
          <button type="button" onClick={() => void actions.goOn('browser')}>
            Continue here
          </button>
          <button type="button" onClick={() => void actions.goOn('server')}>
            Continue on the server
          </button>
        </>
      ) : null}
    </p>
  );
}

/** Someone makes a link or a recap of what is mine, too. A yes is for both, and for runs as well as notes. */
function NameNotice(): ReactNode {
  const by = useLinks((state) => state.askedBy);
  const { lend } = useLinkActions();
  if (by === null) return null;
  return (
    <p className={styles['notice']} role="alert" data-testid="name-asked">
      {by} makes a public link of what was done here. May your name stand with your notes and runs?
      <button type="button" onClick={() => void lend(true)}>
        Show my name
      </button>
      <button type="button" onClick={() => void lend(false)}>
        Leave it out
      </button>
    </p>
  );
}

/** Who went on with the run, from where: until it is dismissed, or another takes its place. */
function HandOverNotice(): ReactNode {
  const words = useSession((state) => state.run?.record.handOver ?? null);
  const waiting = useSession((state) => state.run?.record.status.phase === 'orphaned');
  const [dismissed, setDismissed] = useState<string | null>(null);
  if (words === null || waiting || dismissed === words) return null;
  return (
    <p className={styles['notice']} role="status" data-testid="hand-over">
      {words}
      <DismissButton
        onClick={() => {
          setDismissed(words);
        }}
      />
    </p>
  );
}

const DismissButton = ({ onClick }: { readonly onClick: () => void }): ReactNode => (
  <button type="button" aria-label="Dismiss" onClick={onClick}>
    <X size={14} />
  </button>
);

function FailedNotice(): ReactNode {
  const status = useSession((state) => state.run?.record.status ?? null);
  const place = useSession((state) => state.run?.record.place ?? 'browser');
  const actions = useActions();
  if (status?.phase !== 'failed') return null;
  return (
    <p className={styles['notice']} data-tone="error" role="alert">
      The run failed: {status.message}
      <button type="button" onClick={() => void actions.run(place, null)}>
        Run again
      </button>
    </p>
  );
}

function StaleNotice(): ReactNode {
  const stale = useSession(({ run, specHash }) => run !== null && isStale(run.record, specHash));
  const past = usePastRuns((state) => state.opened !== null);
  if (!stale || past) return null;
  return (
    <p className={styles['notice']} data-testid="stale">
      The parameters have changed since this run.
      <ChangeButton />
    </p>
  );
}

/** While it trains, what its data are like and how fast it learns can change without beginning anew. */
function ChangeButton(): ReactNode {
  const allowed = useSession((state) => state.me !== null && can(state.me.role, 'control-run'));
  const changes = useSession((state) => pendingChange(state) !== undefined);
  const { change } = useActions();
  if (!allowed || !changes) return null;
  return (
    <button type="button" data-testid="change-run" onClick={() => void change()}>
      Change the run from here
    </button>
  );
}

/** Edits that came back to a document that has begun anew, or after one's role had changed. Nothing of them is thrown away unasked. */
function LeftBehindNotice(): ReactNode {
  const view = useSession((state) => state.leftBehind);
  const { dismissLeftBehind } = useActions();
  if (view === null) return null;
  const file = `data:application/json,${encodeURIComponent(JSON.stringify(view, null, 2))}`;
  return (
    <p className={styles['notice']} role="alert" data-testid="left-behind">
      What you had not saved could not be merged with the room as it is now.
      <a href={file} download="my-edits.json">
        Download my edits
      </a>
      <DismissButton onClick={dismissLeftBehind} />
    </p>
  );
}

/** The room's end was near, and opening it put it off: whoever wants it to last opens it now and then. */
function SparedNotice(): ReactNode {
  const end = useSession((state) => state.spared);
  const [dismissed, setDismissed] = useState(false);
  if (end === null || dismissed) return null;
  return (
    <p className={styles['notice']} role="status" data-testid="spared">
      Nobody had opened this room for a long time: it would have been deleted on {inFull(end)}. Now it stays for at
      least another {LIMITS.idleDays} days.
      <DismissButton
        onClick={() => {
          setDismissed(true);
        }}
      />
    </p>
  );
}

const inFull = (ms: number): string => new Date(ms).toLocaleDateString('en-GB', { dateStyle: 'long' });

function Problem(): ReactNode {
  const problem = useSession((state) => state.problem);
  const { dismiss } = useActions();
  if (problem === null) return null;
  return (
    <p className={styles['notice']} data-tone="error" role="alert">
      {problem.message}
      <DismissButton onClick={dismiss} />
    </p>
  );
}

/** A short loss of the connection is nobody's business, ms. */
const LOST_AFTER_MS = 2_000;

export function ConnectionBanner(): ReactNode {
  const lost = useSession(({ connection }) => (connection.phase === 'reconnecting' ? connection : null));
  const unsaved = useSession((state) => state.unsaved);
  const { reconnect } = useActions();
  const now = useClock(lost !== null);
  if (lost === null || now - lost.since < LOST_AFTER_MS) return null;
  return (
    <p className={styles['banner']} role="alert">
      <span>
        The connection is lost. {unsaved > 0 ? 'What you changed is kept on this device. ' : ''}
        <span aria-live="off">{reconnecting(lost, now)}</span>
      </span>
      <button type="button" disabled={lost.nextAt === null} onClick={reconnect}>
        Try now
      </button>
    </p>
  );
}
