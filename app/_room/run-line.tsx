'use client';
/** One line under the figures: who trains on what, how fast, and which replica is seen. */
import type { ReactNode } from 'react';
import { reasonOf } from '#lib/engine/choose';
import { isOfLink, type RunPlace } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { mayRun } from '../_session/may.ts';
import { useIsRoom, useSession } from '../_session/react.tsx';
import { BeginningSwitch } from '../_time/beginning-switch.tsx';
import type { RunView, SessionState } from '../_session/state.ts';
import { Devices } from './devices.tsx';
import { InLine } from './in-line.tsx';
import styles from './room.module.css';
import { useEstimate } from './use-estimate.ts';
import { useStandpoint } from './standpoint.tsx';
import { paceOf, waitingOf } from './words.ts';

interface RunLineProps {
  readonly run: RunView | null;
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
  /** null: of all cells, a map. */
  readonly cell: number | null;
  /** The best replica stands, not the one shown while training. */
  readonly best: boolean;
}

export function RunLine({ run, place, onPlace, cell, best }: RunLineProps): ReactNode {
  return (
    <footer className={styles['runLine']} data-run={run === null ? undefined : ''}>
      {useIsRoom() ? (
        <>
          <BeginningSwitch />
          <PlaceSwitch place={place} onPlace={onPlace} />
        </>
      ) : (
        <Alone />
      )}
      <Devices words={run === null ? [] : wordsOf(run)} engine={run?.record.engine ?? null} />
      {run === null ? null : <RunWords run={run} cell={cell} best={best} />}
    </footer>
  );
}

/** Beside the room, or where there is none, it is this browser that trains, always afresh. */
function Alone(): ReactNode {
  const { at } = useStandpoint();
  const device = useSession(browserDevice);
  const estimate = useEstimate('browser');
  return (
    <span className={styles['device']} data-testid="device">
      {[at === 'solo' ? 'Alone, on this browser' : 'Beside the room', device, estimate]
        .filter((words) => words !== '')
        .join(' · ')}
    </span>
  );
}

/** What this browser trains the next run on: its fastest engine's device, or the engine that was asked for by name. */
const browserDevice = ({ browserEngine, browserChoice }: SessionState): string => browserChoice ?? browserEngine.device;

function PlaceSwitch({ place, onPlace }: Pick<RunLineProps, 'place' | 'onPlace'>): ReactNode {
  const browser = useSession(browserDevice);
  const server = useSession((state) => state.serverEngine);
  const named = useSession((state) => state.serverChoice);
  const device = place === 'browser' ? browser : (named ?? server?.device ?? '');
  const estimate = useEstimate(place);
  const allowed = useSession(mayRun);
  return (
    <fieldset className={styles['places']} title={device} disabled={!allowed}>
      <legend>Run on</legend>
      <Place value="browser" words="this browser" place={place} onPlace={onPlace} />
      <Place value="server" words="the server" place={place} onPlace={onPlace} />
      <span className={styles['device']} data-testid="device">
        {device}
        {estimate === '' ? '' : ` · ${estimate}`}
      </span>
    </fieldset>
  );
}

interface PlaceProps extends Pick<RunLineProps, 'place' | 'onPlace'> {
  readonly value: RunPlace;
  readonly words: string;
}

function Place({ value, words, place, onPlace }: PlaceProps): ReactNode {
  return (
    <label className={styles['place']} data-testid={`place-${value}`}>
      <input
        type="radio"
        name="place"
        checked={place === value}
        onChange={() => {
          onPlace(value);
        }}
      />
      {words}
    </label>
  );
}

function RunWords({ run, cell, best }: Pick<RunLineProps, 'cell' | 'best'> & { readonly run: RunView }) {
  const waiting = waitingOf(run.record.status);
  return (
    <span className={styles['runWords']} data-testid="run-words" data-mine={run.mine ? '' : undefined}>
      <span>{wordsOf(run).join(' · ')}</span>
      {cell === null ? null : <Verdict run={run} cell={cell} best={best} />}
      {waiting === undefined ? null : (
        <strong className={styles['lineOnPhone']}>
          <InLine waiting={waiting} />
        </strong>
      )}
    </span>
  );
}

/** "on the server", "fused-wasm (same bits on every machine)", "12,400 steps/s", "seed 7" */
function wordsOf(run: RunView): readonly string[] {
  const { engine, spec } = run.record;
  // A link does not say how fast it was.
  const pace = run.metrics.at(-1)?.stepsPerSecond ?? 0;
  return [
    trainedOn(run),
    ...(engine === null ? [] : [engineWords(engine.name, spec)]),
    ...(pace > 0 ? [paceOf(pace)] : []),
    `seed ${spec.seed}`,
  ];
}

/** "fused-wasm (same bits on every machine)" */
function engineWords(name: string, spec: RunSpec): string {
  const reason = reasonOf(name, spec);
  return reason === '' ? name : `${name} (${reason})`;
}

function trainedOn({ record, mine }: RunView): string {
  if (mine) return 'on this browser';
  if (isOfLink(record)) return 'from a link';
  return record.trainer === null ? 'on the server' : `on ${record.trainer.name}’s browser`;
}

/** "best of 16 · 6 of 16 found it" */
function Verdict({ run, cell, best }: { readonly run: RunView; readonly cell: number; readonly best: boolean }) {
  const { replicas } = run.record.spec;
  const found = run.best?.[cell];
  const words =
    best && found !== undefined
      ? `best of ${replicas} shown\u00a0· ${found.found} of ${replicas} found it`
      : `replica 1 of ${replicas} shown`;
  return (
    <strong className={styles['verdict']} data-testid="verdict">
      {words}
    </strong>
  );
}
