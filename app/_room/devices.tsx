'use client';
/** What trains here, in full: in reach on every screen, where the line under the figures has no room for it. */
import { Cpu } from 'lucide-react';
import type { ReactNode } from 'react';
import { workOf } from '#lib/engine/work';
import type { EngineName } from '#lib/runs/events';
import { useSession } from '../_session/react.tsx';
import styles from './devices.module.css';
import { aboutSeconds } from './words.ts';

interface DevicesProps {
  /** Of the run that is shown; empty without one. */
  readonly words: readonly string[];
  readonly engine: EngineName | null;
}

const ID = 'devices';

export function Devices({ words, engine }: DevicesProps): ReactNode {
  const browser = useSession((state) => state.browserEngine);
  const server = useSession((state) => state.serverEngine);
  const estimate = useSession(({ spec, browserPace }) =>
    browserPace === null ? '' : ` · ${aboutSeconds(workOf(spec) / browserPace)} for a run as set now`,
  );
  return (
    <>
      <button
        type="button"
        className={styles['button']}
        popoverTarget={ID}
        aria-label="What trains here"
        title="What trains here"
        data-testid="devices-button"
      >
        <Cpu size={14} aria-hidden />
      </button>
      <div id={ID} popover="auto" className={styles['devices']} data-testid="devices">
        <h2>What trains here</h2>
        <dl>
          <dt>This browser</dt>
          <dd>
            {browser.device}
            {estimate}
          </dd>
          <dt>The server</dt>
          <dd data-testid="server-device">{server?.device ?? 'not known yet'}</dd>
          {words.length === 0 ? null : (
            <>
              <dt>This run</dt>
              <dd>{[...words, ...(engine === null ? [] : [engine.device])].join(' · ')}</dd>
            </>
          )}
        </dl>
      </div>
    </>
  );
}
