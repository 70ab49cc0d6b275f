'use client';
/** What trains here, in full: in reach on every screen, where the line under the figures has no room for it. */
import { Cpu } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EngineName, EngineOffer } from '#lib/runs/events';
import { IconButton } from '../_controls/icon-button.tsx';
import { mayRun } from '../_session/may.ts';
import { useActions, useIsRoom, useSession } from '../_session/react.tsx';
import styles from './devices.module.css';
import { useEstimate } from './use-estimate.ts';

interface DevicesProps {
  /** Of the run that is shown; empty without one. */
  readonly words: readonly string[];
  readonly engine: EngineName | null;
}

const ID = 'devices';

/** Of an engine that was asked for by name, none but the measured one's time is known: another's would mislead. */
const forRun = (estimate: string, chosen: string | null): string =>
  estimate === ''
    ? chosen === null
      ? ''
      : ` · how long a run takes on ${chosen} is not known beforehand`
    : ` · ${estimate} for a run as set now`;

export function Devices({ words, engine }: DevicesProps): ReactNode {
  const browser = useSession((state) => state.browserEngine);
  const server = useSession((state) => state.serverEngine);
  const isRoom = useIsRoom();
  const browserChoice = useSession((state) => state.browserChoice);
  const serverChoice = useSession((state) => state.serverChoice);
  const here = useEstimate('browser');
  const there = useEstimate('server');
  return (
    <>
      <IconButton
        size="small"
        className={styles['button'] ?? ''}
        label="What trains here"
        popoverTarget={ID}
        data-testid="devices-button"
      >
        <Cpu size={14} aria-hidden />
      </IconButton>
      <div id={ID} popover="auto" className={styles['devices']} data-testid="devices">
        <h2>What trains here</h2>
        <dl>
          <dt>This browser</dt>
          <dd>
            {browser.device}
            {forRun(here, browserChoice)}
            <BrowserEngine />
          </dd>
          {isRoom ? (
            <>
              <dt>The server</dt>
              <dd data-testid="server-device">
                {server?.device ?? 'not known yet'}
                {forRun(there, serverChoice)}
                <ServerEngine />
              </dd>
            </>
          ) : null}
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

const FASTEST = 'fastest';

/** Which engine this browser's next run takes: the fastest, or one by name. */
function BrowserEngine(): ReactNode {
  const offers = useSession((state) => state.browserOffers);
  const chosen = useSession((state) => state.browserChoice);
  const { chooseEngine } = useActions();
  return (
    <EngineChoice
      offers={offers}
      chosen={chosen}
      onChoose={chooseEngine}
      usually="Same bits everywhere on fused-wasm; a card where there is one."
      testId="engine-choice"
      disabled={false}
    />
  );
}

/** The same of the server, for runs that this person starts there. */
function ServerEngine(): ReactNode {
  const offers = useSession((state) => state.serverOffers);
  const chosen = useSession((state) => state.serverChoice);
  const allowed = useSession(mayRun);
  const { chooseServerEngine } = useActions();
  return (
    <EngineChoice
      offers={offers}
      chosen={chosen}
      onChoose={chooseServerEngine}
      usually="What the server’s operator set, or the fastest there."
      testId="server-engine-choice"
      disabled={!allowed}
    />
  );
}

interface EngineChoiceProps {
  readonly offers: readonly EngineOffer[];
  readonly chosen: string | null;
  readonly onChoose: (name: string | null) => void;
  /** What is taken where none is asked for by name. */
  readonly usually: string;
  readonly testId: string;
  readonly disabled: boolean;
}

/** The fastest, or one by name. What cannot be had there says why, in its title, and once it is chosen in words. */
function EngineChoice({ offers, chosen, onChoose, usually, testId, disabled }: EngineChoiceProps): ReactNode {
  if (offers.length === 0 && chosen === null) return null;
  const problem = chosen === null ? null : whyNotHere(offers, chosen);
  return (
    <span className={styles['choice']}>
      <label>
        <span>Trains the next run on</span>
        <select
          value={chosen ?? FASTEST}
          data-testid={testId}
          disabled={disabled}
          onChange={({ target }) => {
            onChoose(target.value === FASTEST ? null : target.value);
          }}
        >
          <option value={FASTEST}>the fastest that can</option>
          {withChosen(offers, chosen).map((offer) => (
            <option
              key={offer.name}
              value={offer.name}
              disabled={offer.missing !== null && offer.name !== chosen}
              title={offer.missing ?? undefined}
            >
              {offer.name}
              {offer.missing === null ? '' : ' (not here)'}
            </option>
          ))}
        </select>
      </label>
      {problem === null ? (
        <small>{chosen === null ? usually : wordsFor(chosen)}</small>
      ) : (
        <small data-problem="" role="status" data-testid="engine-problem">
          {problem}
        </small>
      )}
    </span>
  );
}

const UNKNOWN = 'It is not known yet whether it can be had there.';
const GONE = 'It is not offered there any more: choose another.';

/** What was chosen decides the next run: it stands here, to be changed, although a server that has begun anew does not offer it. */
const whyNotHere = (offers: readonly EngineOffer[], chosen: string): string | null => {
  const offer = offers.find(({ name }) => name === chosen);
  return offer === undefined ? (offers.length === 0 ? UNKNOWN : GONE) : offer.missing;
};

const withChosen = (offers: readonly EngineOffer[], chosen: string | null): readonly EngineOffer[] =>
  chosen === null || offers.some(({ name }) => name === chosen)
    ? offers
    : [...offers, { name: chosen, missing: whyNotHere(offers, chosen) }];

const ABOUT: Readonly<Record<string, string>> = {
  'fused-webgpu': 'On the graphics card; the last bits are this card’s.',
  'fused-wasm+relaxed': 'Fused multiply-adds: faster, and the last bits are this machine’s.',
  'fused-wasm': 'The same bits on every machine.',
  'tfjs-webgpu': 'TensorFlow.js on the same graphics device, the oracle: many times slower.',
  'tfjs-wasm': 'TensorFlow.js, the oracle: tens to hundreds of times slower.',
  'tfjs-node': 'TensorFlow, steps in a graph: on a card where it was built for one.',
  'tfjs-node+steps': 'TensorFlow, step by step: the graph’s oracle, slow.',
  'tfjs-cpu': 'TensorFlow.js without WebAssembly, the oracle: hundreds of times slower.',
  reference: 'Plain loops in float64, against which the others are tested: slow.',
};

const wordsFor = (name: string): string => ABOUT[name] ?? '';
