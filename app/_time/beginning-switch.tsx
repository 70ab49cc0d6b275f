'use client';
/** How the next run begins: with new weights, or with those that are shown. Two answers, as one of the paper's points is hysteresis. */
import type { ReactNode } from 'react';
import { can } from '#lib/room/roles';
import { useSession, useTime, useTimeActions } from '../_session/react.tsx';
import type { Beginning } from '../_session/time.ts';
import styles from './time.module.css';
import { useFits } from './use-source.ts';

const WORDS: Readonly<Record<Beginning, readonly [label: string, help: string]>> = {
  afresh: ['Start afresh', 'Run begins with new weights'],
  continue: [
    'Continue from here',
    'Run begins with the weights that are shown; while it trains, density, importance and learning rate change it as they are moved',
  ],
};

export function BeginningSwitch(): ReactNode {
  const allowed = useSession((state) => state.me !== null && can(state.me.role, 'control-run'));
  const beginning = useTime((state) => state.beginning);
  const fits = useFits();
  const { begin } = useTimeActions();
  return (
    <fieldset className={styles['beginning']} data-testid="beginning">
      <legend className="visually-hidden">How the next run begins</legend>
      {(['afresh', 'continue'] as const).map((each) => {
        const unfit = each === 'continue' && !fits;
        const [label, help] = WORDS[each];
        return (
          <label
            key={each}
            title={unfit ? `${UNFIT} Run would start afresh.` : help}
            data-unfit={unfit ? '' : undefined}
          >
            <input
              type="radio"
              name="beginning"
              checked={beginning === each}
              disabled={!allowed}
              onChange={() => {
                begin(each);
              }}
            />
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}

const UNFIT = 'The weights that are shown are of another model than the parameters say, or there are none.';
