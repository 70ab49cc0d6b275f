'use client';
/** A recap → a link: frozen as it stands, to be sent to those who were not there and to be read when the room is gone. */
import { useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import type { KeptRun } from '#lib/runs/kept';
import { LinkFields, useLinkFields } from '../_room/link-fields.tsx';
import { MadeLink } from '../_room/make-link.tsx';
import sheet from '../_room/share-sheet.module.css';
import { useLinkActions, useNotes, useRoom } from '../_session/react.tsx';
import styles from './recap.module.css';

interface KeepRecapProps {
  readonly runs: readonly KeptRun[];
  readonly onClose: () => void;
}

export function KeepRecap({ runs, onClose }: KeepRecapProps): ReactNode {
  const allowed = useRoom((state) => state.me !== null && can(state.me.role, 'make-links'));
  const [made, setMade] = useState<string | null>(null);
  return (
    <section className={`${sheet['sheet'] ?? ''} ${styles['keep'] ?? ''}`} aria-label="Keep this recap as a link">
      {made === null && allowed ? (
        <RecapForm runs={runs} onMade={setMade} onClose={onClose} />
      ) : (
        <>
          {made === null ? (
            <p>Links are made by those who may run experiments here.</p>
          ) : (
            <MadeLink address={`${location.origin}/links/${made}`} />
          )}
          <p className={sheet['line']}>
            <button type="button" onClick={onClose}>
              Done
            </button>
          </p>
        </>
      )}
    </section>
  );
}

interface RecapFormProps extends KeepRecapProps {
  readonly onMade: (link: string) => void;
}

function RecapForm({ runs, onMade, onClose }: RecapFormProps): ReactNode {
  const title = useRoom((state) => state.title);
  const threads = useNotes((state) => state.threads).filter(({ text }) => text !== '');
  const written = useNotes((state) => state.minutes.trim() !== '');
  const { recap } = useLinkActions();
  const fields = useLinkFields(title, threads);
  const days = daysOf(runs);
  const [since, setSince] = useState(0);
  const [minutes, setMinutes] = useState(true);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  const chosen = runs.filter(({ startedAt }) => startedAt >= since);
  const send = async (): Promise<void> => {
    setSending(true);
    const answer = await recap({ ...fields.request(), runs: chosen.map(({ id }) => id), minutes });
    setSending(false);
    if (answer.ok) onMade(answer.value.link);
    else setProblem(answer.error.message);
  };
  return (
    <form
      className={sheet['linkForm']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {days.length < 2 ? null : (
        <label>
          What it tells of
          <select
            value={since}
            onChange={(event) => {
              setSince(Number(event.currentTarget.value));
            }}
          >
            <option value={0}>everything that was tried</option>
            {days.slice(1).map(({ from, words }) => (
              <option key={from} value={from}>
                what was tried since {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <LinkFields {...fields} runners={chosen.map(({ startedBy }) => startedBy)} />
      {written ? (
        <label className={sheet['line']}>
          <input
            type="checkbox"
            checked={minutes}
            onChange={(event) => {
              setMinutes(event.currentTarget.checked);
            }}
          />
          The minutes come with it
        </label>
      ) : null}
      <p className={sheet['explained']} role={problem === '' ? undefined : 'alert'}>
        {problem === '' ? 'It cannot be changed afterwards, and needs the room no more.' : problem}
      </p>
      <p className={sheet['line']}>
        <button type="submit" data-testid="keep-recap-now" disabled={sending}>
          Make it
        </button>
        <button type="button" onClick={onClose}>
          Not now
        </button>
      </p>
    </form>
  );
}

/** Days on which something began, oldest first; `from`: its first run's time. */
function daysOf(runs: readonly KeptRun[]): readonly { readonly from: number; readonly words: string }[] {
  const times = runs.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b);
  const days = new Map<string, number>();
  for (const at of times) {
    const words = new Date(at).toLocaleDateString('en-GB', { dateStyle: 'long' });
    if (!days.has(words)) days.set(words, at);
  }
  return [...days].map(([words, from]) => ({ words, from }));
}
