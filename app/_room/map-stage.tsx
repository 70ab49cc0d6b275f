'use client';
/**
 * The middle of the room where its run spans two axes, or is a sweep: a map of its cells, which fills in as they are trained, and the
 * chosen cell's model beside it. There are too many models for the other figures.
 */
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import type { RunId } from '#lib/base/id';
import type { Quote } from '#lib/room/anchor';
import { isStale, type RunPlace } from '#lib/runs/record';
import { cellCount } from '#lib/spec/cells';
import { checkRun } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep, tileCount } from '#lib/spec/tiles';
import { Pins } from '../_annotations/pins.tsx';
import { part } from '../_controls/part.tsx';
import { CellMap } from '../_figures/cell-map.tsx';
import { gridOf, phaseWords } from '../_figures/cell-words.ts';
import type { Overlay } from '../_figures/figure.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { isMap } from '../_figures/is-map.ts';
import { idealLines } from '../_figures/ideal-lines.ts';
import { frameOf, mapPlaces, placeOfCell } from '../_figures/map-places.ts';
import { formatCount } from '../_figures/scales.ts';
import { usualCell } from '../_figures/usual-cell.ts';
import { Cursors } from '../_people/cursors.tsx';
import { LookersOnMap } from '../_people/lookers-on-map.tsx';
import { useBesideRun, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { FigureBoundary } from './figure-boundary.tsx';
import styles from './map-stage.module.css';
import { Noted } from './noted.tsx';
import { Notices } from './notices.tsx';
import { OpenedCell } from './opened-cell.tsx';
import { isGoing } from './run-controls.ts';
import { RunLine } from './run-line.tsx';
import { sizeWords } from './run-size.ts';
import { Scrubber } from './scrubber.tsx';
import { StageHead } from './stage-head.tsx';
import { useEyes } from './use-eyes.ts';
import { useDrawn, useShownMap, type ShownMap } from './use-shown-map.ts';

// Seldom asked for: parts.ts.
const CompareMaps = part(() => import('../_runs/compare-maps.tsx').then((module) => module.CompareMaps));

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
  // What everybody's parameters say may be more than a room runs, or than a page can hold.
  const checked = useMemo(() => checkRun(spec), [spec]);
  return (
    <main className={styles['stage']} data-testid="sweep">
      <StageHead />
      {checked.ok ? (
        <FigureBoundary>
          <Diagram {...props} />
        </FigureBoundary>
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

function Diagram({ spec: begun, run: newest, place, chosenCell, onChooseCell }: MapStageProps): ReactNode {
  const run = useDrawn(newest);
  const shown = useShownMap(begun, run);
  const { spec, viewOf } = shown;
  const { n } = spec.model;
  const [chosen, setChosen] = useState<number | null>(null);
  const [ideal, setIdeal] = useState(true);
  const feature = Math.min(chosen ?? n - 1, n - 1);
  const usual = useMemo(() => usualCell(spec), [spec]);
  const varies = spec.axes.some(({ over }) => over === 'relativeImportance');
  const cell = Math.min(chosenCell ?? usual, cellCount(spec) - 1);
  const view = useMemo(() => viewOf(cell), [viewOf, cell]);
  const [active, setActive] = useState<number | null>(null);
  const highlight = useMemo<Highlight>(() => ({ active, onActive: setActive }), [active]);
  const { choose, own } = useEyes({
    ...{ spec, run, cell, onChooseCell, viewOf, active },
    panel: 'map',
    showing: shown,
    diagram: (of) => ({ step: stepOf(shown, of), read: readingsOf(shown, feature, of) }),
  });
  const best = isSweep(spec) || shown.shown?.best === true;
  const beside = useBesideRun();
  const isBeside = run !== null && beside !== null && isMap(beside.record.spec);
  const overlay = useMapOverlay(spec, run?.record.id ?? null, cell);
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
                {each === n - 1 && varies ? ', whose importance varies' : ''}
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
      {isBeside ? (
        <FigureBoundary>
          <CompareMaps
            left={run}
            right={beside}
            shown={shown}
            feature={feature}
            cell={cell}
            ideal={ideal}
            onChoose={choose}
          />
        </FigureBoundary>
      ) : (
        <div className={styles['diagram']}>
          <FigureBoundary>
            <Noted figure="map" name="Phase diagram">
              <CellMap
                className={styles['map'] ?? ''}
                spec={spec}
                map={shown.map}
                feature={feature}
                chosen={cell}
                onChoose={choose}
                ideal={ideal}
                pale={isSweep(spec)}
                best={best}
                trained={trainedCells(spec, run, shown.map.done)}
                overlay={overlay}
              />
            </Noted>
          </FigureBoundary>
          <FigureBoundary>
            <OpenedCell
              spec={spec}
              map={shown.map}
              view={view}
              feature={feature}
              cell={cell}
              highlight={highlight}
              place={place}
            />
          </FigureBoundary>
        </div>
      )}
      {isSweep(spec) ? null : <Scrubber spec={spec} run={run} cell={cell} {...own} />}
    </>
  );
}

/** A sweep's cells are trained tile by tile, each from its first step to its last. */
function stepOf({ spec, map, shown }: ShownMap, cell: number): number | null {
  if (!isSweep(spec)) return shown?.step ?? null;
  return map.done[cell] === 1 ? spec.steps : null;
}

/** What one reads of a cell: what has become of the feature that is shown, and the model's loss. */
function readingsOf({ spec, map }: ShownMap, feature: number, cell: number): readonly Quote[] {
  const index = cell * spec.model.n + feature;
  const measured: readonly (readonly [string, number | undefined])[] = [
    ['‖W‖', map.norm[index]],
    ['superposition', map.superposition[index]],
    ['loss', map.loss[cell]],
  ];
  return [
    { label: `feature ${String(feature + 1)}:`, value: phaseWords(spec, map, feature, cell).toLowerCase() },
    ...measured.flatMap(([label, value]) =>
      value === undefined || Number.isNaN(value) ? [] : [{ label, value: Number(value.toPrecision(3)) }],
    ),
  ];
}

/** Over the cells: notes on them, hands, and who has which of them open. */
function useMapOverlay(spec: RunSpec, run: RunId | null, cell: number): Overlay {
  return useCallback(
    (size) => {
      const [grid, places] = [gridOf(spec), mapPlaces(spec, size)];
      const frame = frameOf(size, grid);
      return (
        <>
          <LookersOnMap run={run} cells={cellCount(spec)} place={(at) => placeOfCell(frame, grid, at)} />
          <Pins figure="map" places={places} size={size} />
          <Cursors figure="map" run={run} places={places} cell={cell} size={size} />
        </>
      );
    },
    [spec, run, cell],
  );
}

/** A finished run's are trained at whatever step of it one looks. */
const trainedCells = (spec: RunSpec, run: RunView | null, done: Uint8Array): number =>
  run?.record.status.phase === 'finished' ? cellCount(spec) : done.reduce((sum, each) => sum + each, 0);

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
  const trained = trainedCells(spec, run, done);
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
