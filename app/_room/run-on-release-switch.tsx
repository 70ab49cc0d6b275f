'use client';
/** Whether this person's knobs train as they are let go of. */
import type { ReactNode } from 'react';
import { mayRun } from '../_session/may.ts';
import { useSession } from '../_session/react.tsx';
import styles from './room.module.css';
import type { RunOnRelease } from './run-on-release.ts';

const HELP = 'A knob that you let go of trains at once, before everyone, where that takes a few seconds at most';

export function RunOnReleaseSwitch({ on, turn, tooLong }: RunOnRelease): ReactNode {
  const allowed = useSession(mayRun);
  return (
    <label className={styles['onRelease']} title={HELP} data-idle={on && tooLong ? '' : undefined}>
      <input
        type="checkbox"
        role="switch"
        data-testid="run-on-release"
        checked={on}
        disabled={!allowed}
        onChange={(event) => {
          turn(event.currentTarget.checked);
        }}
      />
      <span>Run on release{on && tooLong ? ': too long for it, press Run' : ''}</span>
    </label>
  );
}
