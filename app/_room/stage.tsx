'use client';
/** The middle of the room: what to look for, the models along density, the chosen one large, and its moment in time. */
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { RunPlace } from '#lib/runs/record';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { ModelNotes } from '../_annotations/marks.tsx';
import { part } from '../_controls/part.tsx';
import { BoxCursors, boxPlane } from '../_people/cursors.tsx';
import { WhoLooks } from '../_people/who-looks.tsx';
import { emptyView, type CellView } from '../_figures/cell-view.ts';
import { isMap } from '../_figures/is-map.ts';
import type { Highlight } from '../_figures/highlight.ts';
import { linearView, startingViews } from '../_figures/starting.ts';
import { Strip } from '../_figures/strip.tsx';
import { useBesideRun, useSession, useShownRun } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { FigureBoundary } from './figure-boundary.tsx';
import { Notices } from './notices.tsx';
import { byOneself } from './own-way.ts';
import { isPanel, PanelTabs, type Panel } from './panel-tabs.tsx';
import { Panels } from './panels.tsx';
import { RunLine } from './run-line.tsx';
import { Scrubber } from './scrubber.tsx';
import styles from './room.module.css';
import { StageHead } from './stage-head.tsx';
import { useEyes } from './use-eyes.ts';
import { useRoomShowing } from './use-room-showing.ts';
import { useSpecAt } from './use-spec-at.ts';

// Most rooms begin without them: parts.ts.
const Columns = lazy(() => import('../_figures/columns.tsx').then((module) => ({ default: module.Columns })));
const Compare = part(() => import('../_runs/compare.tsx').then((module) => module.Compare));
const MapStage = part(() => import('./map-stage.tsx').then((module) => module.MapStage));

interface StageProps {
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
  readonly chosenCell: number | null;
  readonly onChooseCell: (cell: number) => void;
}

export function Stage(props: StageProps): ReactNode {
  const run = useShownRun();
  const proposed = useSession((state) => state.spec);
  const spec = run?.record.spec ?? proposed;
  // Thousands of models are a map: of each a few numbers and a pixel, and no figure of its own.
  return isMap(spec) ? <MapStage spec={spec} run={run} {...props} /> : <ModelStage {...props} />;
}

function ModelStage({ place, onPlace, chosenCell, onChooseCell }: StageProps): ReactNode {
  const run = useShownRun();
  const proposed = useSession((state) => state.spec);
  const [panel, setPanel] = useState<Panel>('directions');
  const showing = useRoomShowing(run);
  const spec = useSpecAt(run, showing.shown?.step ?? 0) ?? proposed;
  const densities = useMemo(() => densitiesOf(spec), [spec]);
  const starting = useStartingViews(spec);
  const views = showing.shown?.views ?? starting;
  const viewOf = useCallback((k: number) => views[k] ?? null, [views]);
  const cell = Math.min(chosenCell ?? firstCell(densities), densities.length - 1);
  const [active, setActive] = useState<number | null>(null);
  const asColumns = useSession((state) => showsColumns(state.item?.experiment));
  const highlight = useMemo<Highlight>(() => ({ active, onActive: setActive }), [active]);
  const { choose, own, leave, hover } = useEyes({
    ...{ spec, run, cell, onChooseCell, panel, showing, viewOf, active },
    onFigure: (figure) => {
      if (isPanel(figure)) setPanel(figure);
    },
  });

  return (
    <main className={styles['stage']} data-panel={panel} data-columns={asColumns ? '' : undefined}>
      <StageHead />
      <FigureBoundary>
        <AllModels spec={spec} views={views} densities={densities} chosen={cell} onChoose={choose} />
      </FigureBoundary>
      <PanelTabs panel={panel} onPanel={byOneself(leave, setPanel)} />
      <Compared
        run={run}
        view={views[cell] ?? emptyView(0)}
        step={showing.shown?.step ?? 0}
        cell={cell}
        highlight={highlight}
      >
        <Panels
          spec={spec}
          run={run}
          view={views[cell] ?? emptyView(0)}
          step={showing.shown?.step ?? null}
          moving={showing.shown?.moving === true}
          cell={cell}
          densities={densities}
          active={active}
          onActive={setActive}
          onHover={hover}
        />
      </Compared>
      <Notices />
      <Scrubber spec={spec} run={run} cell={cell} {...own} />
      <RunLine run={run} place={place} onPlace={onPlace} cell={cell} best={showing.shown?.best === true} />
    </main>
  );
}

interface AllModelsProps {
  readonly spec: RunSpec;
  readonly views: readonly CellView[];
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly onChoose: (cell: number) => void;
}

/** As columns where the experiment says so, else as a strip. */
function AllModels({ spec, views, ...rest }: AllModelsProps): ReactNode {
  const asColumns = useSession((state) => showsColumns(state.item?.experiment));
  const linear = useMemo(() => (asColumns ? linearView(spec, rest.chosen) : null), [asColumns, spec, rest.chosen]);
  // Many matrices: the large figures are not kept waiting for them.
  const drawn = useDeferredValue(views);
  return linear === null ? (
    <Strip views={views} {...rest} mark={atModel} />
  ) : (
    <Suspense>
      <Columns views={drawn} linear={linear} {...rest} mark={atModel} />
    </Suspense>
  );
}

const showsColumns = (experiment: string | undefined): boolean =>
  experimentOf(experiment ?? '')?.figures.includes('columns') === true;

/** Beside each: what is said of it, and who looks at it. */
const atModel = (cell: number): ReactNode => (
  <>
    <ModelNotes cell={cell} />
    <WhoLooks cell={cell} />
    <BoxCursors figure="strip" cell={cell} places={boxPlane} ofCell />
  </>
);

interface ComparedProps {
  readonly run: RunView | null;
  readonly view: CellView;
  readonly step: number;
  readonly cell: number;
  readonly highlight: Highlight;
  readonly children: ReactNode;
}

/** In place of the figures, where another run is looked at beside this one. */
function Compared({ run, children, ...shown }: ComparedProps): ReactNode {
  const beside = useBesideRun();
  // A diagram is beside another only.
  if (run === null || beside === null || isMap(beside.record.spec)) return children;
  return (
    <FigureBoundary>
      <Compare left={run} right={beside} {...shown} />
    </FigureBoundary>
  );
}

/** Of a room that has arrived: before, its parameters are not known. */
function useStartingViews(spec: RunSpec): readonly CellView[] {
  const arrived = useSession((state) => state.item !== null);
  return useMemo(() => (arrived ? startingViews(spec) : []), [arrived, spec]);
}

const densitiesOf = (spec: RunSpec): readonly number[] =>
  Array.from({ length: cellCount(spec) }, (_, cell) => cellParameters(spec, cell).density);

/** The density at which the paper's own figure shows a pentagon. */
const FIRST_DENSITY = 0.1;

function firstCell(densities: readonly number[]): number {
  const far = (cell: number): number => Math.abs(Math.log((densities[cell] ?? 1) / FIRST_DENSITY));
  return densities.reduce((nearest, _, cell) => (far(cell) < far(nearest) ? cell : nearest), 0);
}
