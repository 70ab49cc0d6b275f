'use client';
/** Share → make a link: what stands in it, whose names, and under which licence. */
import { useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import { useIsRoom, useLinkActions, useNotes, useSession, useShownRun } from '../_session/react.tsx';
import { formatCount } from '../_figures/scales.ts';
import { AddressField } from './address-field.tsx';
import { LinkFields, useLinkFields } from './link-fields.tsx';
import styles from './share-sheet.module.css';
import { EngineWords, useTrainAgain } from './train-again.tsx';
import { useStandpoint, type Standpoint } from './standpoint.tsx';

/** What is shown, as a link: only a run that has finished has an end to keep. */
export function MakeLink(): ReactNode {
  const allowed = useSession((state) => state.me !== null && can(state.me.role, 'make-links'));
  const run = useShownRun();
  const { at } = useStandpoint();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  if (!allowed) return null;
  return (
    <section className={styles['part']} aria-label="Make a link">
      <h3>Keep this result as a link</h3>
      {made === null ? null : <MadeLink address={`${location.origin}/links/${made}`} />}
      {run?.record.status.phase === 'finished' && (at === 'room' || run.mine) ? (
        making ? (
          <LinkForm
            onMade={(link) => {
              setMade(link);
              setMaking(false);
            }}
          />
        ) : (
          <>
            <p className={styles['explained']}>
              Frozen as it is, for those who were not here: it opens by itself, and anyone can verify it.
            </p>
            <p className={styles['line']}>
              <button
                type="button"
                data-testid="make-link"
                onClick={() => {
                  setMaking(true);
                }}
              >
                Make a link
              </button>
            </p>
          </>
        )
      ) : (
        <p className={styles['explained']}>{run === null || run.mine ? UNFINISHED : ELSEWHERE[at]}</p>
      )}
    </section>
  );
}

const UNFINISHED = 'Run an experiment to its end first: a link keeps a finished result.';

/** Why what is shown cannot be kept from here. */
const ELSEWHERE: Readonly<Record<Standpoint['at'], string>> = {
  room: UNFINISHED,
  mine: 'This is the room’s run: keep it from the room, or run your own try first.',
  shown: 'This is another’s try: they can keep it as a link.',
  solo: 'This result is a link already. Run it here, and what comes of it can be kept as another.',
};

export function MadeLink({ address }: { readonly address: string }): ReactNode {
  return (
    <div data-testid="made-link">
      <AddressField label="Address of the link" address={address} />
      <p className={styles['explained']}>
        <a href={address}>Look at it</a>. This browser keeps the key that can replace or delete it, in{' '}
        <a href="/links">your links</a>.
      </p>
    </div>
  );
}

function LinkForm({ onMade }: { readonly onMade: (link: string) => void }): ReactNode {
  const run = useShownRun();
  const item = useSession((state) => state.item?.id ?? '');
  const title = useSession((state) => state.title);
  // Beside the room there is nothing that they would speak of.
  const isRoom = useIsRoom();
  const threads = useNotes((state) => state.threads).filter(({ text }) => isRoom && text !== '');
  const { make } = useLinkActions();
  const again = useTrainAgain(run?.record ?? null);
  const fields = useLinkFields(title, threads);
  const [problem, setProblem] = useState('');

  async function send(): Promise<void> {
    if (run === null) return;
    const trained = await again.train();
    if (trained !== null && !trained.ok) {
      setProblem(trained.error.message);
      return;
    }
    const answer = await make({ ...fields.request(), run: run.record.id, item }, trained?.value ?? null);
    if (answer.ok) onMade(answer.value.link);
    else setProblem(answer.error.message);
  }

  return (
    <form
      className={styles['linkForm']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <LinkFields {...fields} />
      <EngineWords again={again} />
      <p className={styles['line']}>
        <button type="submit" data-testid="make-link-now" disabled={again.step !== null}>
          {again.step === null ? 'Make it' : `Training it again: step ${formatCount(again.step)}`}
        </button>
        <span role={problem === '' ? undefined : 'alert'}>
          {problem === '' ? 'It cannot be changed afterwards.' : problem}
        </span>
      </p>
    </form>
  );
}
