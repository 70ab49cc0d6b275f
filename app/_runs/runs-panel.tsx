'use client';
/** The room's runs, newest first: its history. Pressed, a run shows its figures to this person alone. */
import { Columns2, Pin } from 'lucide-react';
import { useEffect, useId, useState, type ReactNode } from 'react';
import type { KeptRun } from '#lib/runs/kept';
import { isOfLink, isStale } from '#lib/runs/record';
import { isSweep } from '#lib/spec/tiles';
import { IconButton } from '../_controls/icon-button.tsx';
import { RAIL_OVER } from '../_controls/media.ts';
import { isMap } from '../_figures/is-map.ts';
import { useDesk } from '../_annotations/desk.tsx';
import { useClock } from '../_room/use-clock.ts';
import { usePastRunActions, usePastRuns, useSession, useShownRun } from '../_session/react.tsx';
import { formatCount } from '../_figures/scales.ts';
import { RecapButton } from './recap-button.tsx';
import { RunTools } from './run-tools.tsx';
import { differenceWords, phaseWords, runName, whenWords } from './run-words.ts';
import styles from './runs.module.css';
import { Thumbnail } from './thumbnail.tsx';

export function RunsPanel(): ReactNode {
  const runs = usePastRuns((state) => state.runs);
  const { look } = usePastRunActions();
  const joined = useSession((state) => state.me !== null);
  useEffect(() => {
    if (joined) look();
  }, [joined, look]);
  if (runs === null)
    return <p className={styles['empty']}>{joined ? 'The runs are on their way…' : 'Join to see them.'}</p>;
  if (runs.length === 0)
    return (
      <p className={styles['empty']}>
        Nothing has been trained here yet. Press Run: each run stays in this list, with all its steps.
      </p>
    );
  const pinned = runs.filter((run) => run.pinned);
  const others = runs.filter((run) => !run.pinned);
  return (
    <>
      <RunList title={pinned.length > 0 && others.length > 0 ? 'Pinned' : ''} runs={pinned} />
      <RunList title={pinned.length > 0 && others.length > 0 ? 'Runs' : ''} runs={others} />
      <RecapButton />
    </>
  );
}

function RunList({ title, runs }: { readonly title: string; readonly runs: readonly KeptRun[] }): ReactNode {
  if (runs.length === 0) return null;
  return (
    <section>
      {title === '' ? null : <h3 className={styles['heading']}>{title}</h3>}
      <ol>
        {runs.map((run) => (
          <RunCard key={run.id} run={run} />
        ))}
      </ol>
    </section>
  );
}

function RunCard({ run }: { readonly run: KeptRun }): ReactNode {
  const picture = usePastRuns((state) => state.pictures.get(run.id) ?? null);
  const opening = usePastRuns((state) => state.opening === run.id);
  const shownRun = useShownRun();
  const shown = shownRun?.record.id === run.id;
  const refusal = whyNotCompared(run, shownRun?.record ?? null);
  const reason = useId();
  /** Told for as long as the run is shown that it cannot stand beside. */
  const [refused, setRefused] = useState<string | null>(null);
  const present = useSession((state) => state.run?.record.id === run.id);
  const beside = usePastRuns((state) => state.beside?.record.id === run.id);
  const experiment = useSession((state) => state.item?.experiment ?? null);
  const { open, close } = usePastRunActions();
  const desk = useDesk();
  const now = useClock(false);
  return (
    <li
      className={styles['run']}
      data-testid="kept-run"
      data-shown={shown ? '' : undefined}
      aria-busy={opening ? true : undefined}
    >
      <button
        type="button"
        className={styles['card']}
        aria-current={shown ? 'true' : undefined}
        onClick={() => {
          if (shown && !present) close();
          else void open(run.id);
        }}
      >
        <Thumbnail spec={run.spec} picture={picture} />
        <span className={styles['words']}>
          <strong suppressHydrationWarning>
            {run.pinned ? <Pin size={11} fill="currentColor" aria-label="Pinned" /> : null}
            {runName(run, experiment, now)}
          </strong>
          <span>
            {isOfLink(run) ? 'From a link' : run.startedBy.name}
            {run.name === null ? '' : `, ${whenWords(run.startedAt, now)}`} · {phaseWords(run)}
            {present ? ' · the room’s run' : ''}
          </span>
          <Beginning run={run} />
          <Difference run={run} />
        </span>
      </button>
      <IconButton
        size="middle"
        className={styles['beside'] ?? ''}
        label={shown ? 'Compare two of its steps' : `Compare with what is shown: ${runName(run, experiment, now)}`}
        title={refusal ?? (shown ? 'Compare two of its steps' : 'Compare with what is shown')}
        aria-pressed={beside}
        aria-disabled={refusal !== null && !beside}
        aria-describedby={reason}
        onClick={() => {
          if (beside) close('beside');
          else if (refusal !== null) setRefused(shownRun?.record.id ?? null);
          else {
            void open(run.id, 'beside');
            // A drawer would lie over one of the two.
            if (matchMedia(RAIL_OVER).matches) desk.setState({ tab: null, draft: null });
          }
        }}
      >
        <Columns2 size={15} />
      </IconButton>
      {/* Always there, so that what comes into it is read out. */}
      <span role="status" id={reason} className={styles['refusal']}>
        {refused !== null && refused === shownRun?.record.id ? refusal : null}
      </span>
      {shown ? <RunTools run={run} /> : null}
    </li>
  );
}

/** Two diagrams are compared, or two runs that are none; null: these are. */
function whyNotCompared(run: KeptRun, shown: Pick<KeptRun, 'id' | 'spec'> | null): string | null {
  if (shown === null) return null;
  if (isMap(run.spec) !== isMap(shown.spec)) return isMap(run.spec) ? DIAGRAM_BESIDE_MODELS : MODELS_BESIDE_DIAGRAM;
  return run.id === shown.id && isSweep(run.spec) ? NO_STEPS : null;
}

const DIAGRAM_BESIDE_MODELS = 'A diagram is compared with a diagram: show one first, by pressing it here.';
const MODELS_BESIDE_DIAGRAM = 'A diagram is shown, and this is none: press this run to show it, then compare.';
const NO_STEPS = 'The cells of a sweep have no common step: there is nothing of it to compare with itself.';

/** Of a run that went on from another: which, and from where. */
function Beginning({ run: { source } }: { readonly run: KeptRun }): ReactNode {
  const from = usePastRuns((state) => state.runs?.find(({ id }) => id === source?.run));
  const experiment = useSession((state) => state.item?.experiment ?? null);
  const now = useClock(false);
  if (source === null) return null;
  const name = from === undefined ? 'a run that is gone' : runName(from, experiment, now);
  return (
    <span data-testid="run-source">
      went on from step {formatCount(source.step)} of {name}
    </span>
  );
}

/** Is it what the parameters now say, and if not, what had it? */
function Difference({ run }: { readonly run: KeptRun }): ReactNode {
  const stale = useSession((state) => isStale(run, state.specHash));
  const present = useSession((state) => state.parameters);
  if (!stale)
    return (
      <span className={styles['same']} data-testid="difference">
        the parameters as they are now
      </span>
    );
  const words = differenceWords(run, present);
  return (
    <span className={styles['difference']} data-testid="difference">
      {words === null || words.length === 0 ? 'other parameters' : words.join(' · ')}
    </span>
  );
}
