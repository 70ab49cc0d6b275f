'use client';
/** Says that the figures are an earlier run's, and leads back. */
import type { ReactNode } from 'react';
import { isOfLink } from '#lib/runs/record';
import { useClock } from '../_room/use-clock.ts';
import { usePastRunActions, usePastRuns, useSession } from '../_session/react.tsx';
import { runName, whenWords } from './run-words.ts';
import styles from './runs.module.css';

/** null while the room's own run is shown. */
export function PastLine({ otherwise }: { readonly otherwise: ReactNode }): ReactNode {
  const record = usePastRuns((state) => state.opened?.record ?? null);
  const name = usePastRuns((state) => state.runs?.find(({ id }) => id === record?.id)?.name ?? null);
  const experiment = useSession((state) => state.item?.experiment ?? null);
  const { close } = usePastRunActions();
  const now = useClock(false);
  if (record === null) return otherwise;
  return (
    <p className={styles['past']} data-testid="past-line" role="status">
      <span>
        An earlier run: <strong>{runName({ ...record, name }, experiment, now)}</strong>
      </span>
      <small>
        {isOfLink(record) ? 'from a link' : `by ${record.startedBy.name}`}
        {name === null ? '' : `, ${whenWords(record.startedAt, now)}`}
      </small>
      <button
        type="button"
        title="Esc"
        onClick={() => {
          close();
        }}
      >
        Back to the room’s run
      </button>
    </p>
  );
}
