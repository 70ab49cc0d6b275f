'use client';
/**
 * The middle of the room where its run spans two axes, or is a sweep: a map of its cells, which fills in as they are trained, and the
 * chosen cell's model beside it. There are too many models for the other figures.
 */
import { useMemo, useState, type ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { isStale, type RunPlace } from '#lib/runs/record';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { checkRun } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep, tileCount } from '#lib/spec/tiles';
import { CellMap } from '../_figures/cell-map.tsx';
import { idealLines } from '../_figures/ideal-lines.ts';
import { formatCount } from '../_figures/scales.ts';
import { GuideLine } from '../_people/guide-line.tsx';
import { LookersOnMap } from '../_people/lookers-on-map.tsx';
import { useTogether } from '../_people/use-together.ts';
import { PastLine } from '../_runs/past-line.tsx';
import { RunsButton } from '../_runs/runs-button.tsx';
import { useIsRoom, usePastRunActions, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { Agenda } from './agenda.tsx';
import { FigureBoundary } from './figure-boundary.tsx';
import styles from './map-stage.module.css';
import { ConnectionBanner, Notices } from './notices.tsx';
import { OpenedCell } from './opened-cell.tsx';
import { isGoing } from './run-controls.ts';
import { RunLine } from './run-line.tsx';
import { sizeWords } from './run-size.ts';
import { Scrubber } from './scrubber.tsx';
import { TryButtons, TryLine } from './try-line.tsx';
import { useEvery } from './use-every.ts';
import { useShownMap } from './use-shown-map.ts';

interface MapStageProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
  readonly chosenCell: number | null;
  readonly onChooseCell: (cell: number) => void;
}

export function MapStage(props: MapStageProps): ReactNode {
  const { spec, run, place, onPlace } = props;
  const isRoom = useIsRoom();
  const question = useSession((state) => experimentOf(state.item?.experiment ?? '')?.question ?? '');
  // What everybody's parameters say may be more than a room runs, or than a page can hold.
  const checked = useMemo(() => checkRun(spec), [spec]);
  return (
    <main className={styles['stage']} data-testid="sweep">
      <ConnectionBanner />
      <GuideLine />
      <TryLine />
      {isRoom ? <Agenda /> : null}
      <div className={styles['head']}>
        <PastLine otherwise={<p className={styles['lookFor']}>{question}</p>} />
        <div className={styles['rails']}>
          <TryButtons />
          {isRoom ? <RunsButton /> : null}
        </div>
      </div>
      {checked.ok ? (
        <Diagram {...props} />
      ) : (
        <p className={styles['refused']} role="status">
          {checked.error.message}
        </p>
      )}
      <Notices />
      <RunLine run={run} place={place} onPlace={onPlace} cell={null} best={false} />
    </main>
  );
}

/** Features that can be chosen: of more, a map of each is nothing that anyone looks through. */
const CHOICES = 24;

/** ms between two pictures of a diagram that is trained: for each a thousand models are measured, and hands and keys want their turn. */
const PICTURE_MS = 100;

function Diagram({ spec, run: newest, place, chosenCell, onChooseCell }: MapStageProps): ReactNode {
  const run = useEvery(newest, PICTURE_MS);
  const { n } = spec.model;
  const [chosen, setChosen] = useState<number | null>(null);
  const [ideal, setIdeal] = useState(true);
  const feature = Math.min(chosen ?? n - 1, n - 1);
  const usual = useMemo(() => usualCell(spec), [spec]);
  const cell = Math.min(chosenCell ?? usual, cellCount(spec) - 1);
  const shown = useShownMap(spec, run);
  const { open: openRun } = usePastRunActions();
  const together = useTogether({
    item: useSession((state) => state.item?.id ?? null),
    run: run?.record.id ?? null,
    cell,
    panel: 'strip',
    step: shown.scrubbed,
    turnTo: (look) => {
      if (look.run !== null && look.run !== run?.record.id) void openRun(look.run);
      onChooseCell(look.cell);
    },
  });
  const { leave } = together;
  const choose = useMemo(
    () => (to: number) => {
      leave();
      onChooseCell(to);
    },
    [leave, onChooseCell],
  );
  const { viewOf } = shown;
  const view = useMemo(() => viewOf(cell), [viewOf, cell]);
  return (
    <>
      <div className={styles['tools']}>
        <label>
          Feature{' '}
          <select
            value={feature}
            onChange={({ target }) => {
              setChosen(Number(target.value));
            }}
          >
            {Array.from({ length: Math.min(n, CHOICES) }, (_, each) => (
              <option key={each} value={each}>
                {each + 1}
                {each === n - 1 ? ', whose importance varies' : ''}
              </option>
            ))}
            {feature >= CHOICES ? <option value={feature}>{feature + 1}</option> : null}
          </select>
        </label>
        {idealLines(spec).length === 0 ? null : (
          <label title="Where two of the ideal strategies cost the same: what theory says, exactly">
            <input
              type="checkbox"
              checked={ideal}
              data-testid="ideal"
              onChange={({ target }) => {
                setIdeal(target.checked);
              }}
            />{' '}
            Theory’s boundaries
          </label>
        )}
        <Progress spec={spec} run={run} done={shown.map.done} />
      </div>
      <div className={styles['diagram']}>
        <FigureBoundary>
          <CellMap
            className={styles['map'] ?? ''}
            spec={spec}
            map={shown.map}
            feature={feature}
            chosen={cell}
            onChoose={choose}
            ideal={ideal}
            pale={isSweep(spec)}
            marks={marksOfOthers}
          />
        </FigureBoundary>
        <FigureBoundary>
          <OpenedCell spec={spec} map={shown.map} view={view} feature={feature} cell={cell} place={place} />
        </FigureBoundary>
      </div>
      {isSweep(spec) ? null : <Scrubber spec={spec} run={run} cell={cell} {...shown} />}
    </>
  );
}

const marksOfOthers: NonNullable<Parameters<typeof CellMap>[0]['marks']> = (place) => <LookersOnMap place={place} />;

/** Where the paper's text stands: two features of one importance and a density at which they share. */
const USUAL = { density: 0.1, relativeImportance: 1 };

function usualCell(spec: RunSpec): number {
  let nearest = { cell: 0, far: Infinity };
  for (let cell = 0; cell < cellCount(spec); cell++) {
    const { density, relativeImportance } = cellParameters(spec, cell);
    const far =
      Math.abs(Math.log(density / USUAL.density)) + Math.abs(Math.log(relativeImportance / USUAL.relativeImportance));
    if (far < nearest.far) nearest = { cell, far };
  }
  return nearest.cell;
}

interface ProgressProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly done: Uint8Array;
}

/** "1,024 of 4,096 cells · tile 2 of 4", and what Run would begin where that is something else. */
function Progress({ spec, run, done }: ProgressProps): ReactNode {
  const proposed = useSession((state) => state.spec);
  const specHash = useSession((state) => state.specHash);
  const isOther = run === null || isStale(run.record, specHash);
  const next = useMemo(() => (isOther ? sizeWords(proposed) : ''), [isOther, proposed]);
  const trained = done.reduce((sum, each) => sum + each, 0);
  const cells = cellCount(spec);
  const going = isGoing(run?.record ?? null);
  return (
    <div className={styles['progress']} role="status" data-testid="map-progress">
      {run === null ? null : (
        <span>
          {formatCount(trained)} of {formatCount(cells)} cells
          {going && isSweep(spec)
            ? ` · tile ${formatCount(tileNow(spec, run))} of ${formatCount(tileCount(spec))}`
            : ''}
        </span>
      )}
      {next === '' ? null : <span className={styles['next']}>Run trains {next}</span>}
    </div>
  );
}

const tileNow = (spec: RunSpec, { timeline }: RunView): number =>
  Math.min(tileCount(spec), timeline.entries.length + 1);
