'use client';
/** The middle of the room: what to look for, the models along density, the chosen one large, and its moment in time. */
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { exactProblem } from '#lib/experiments/exact-problem';
import { experimentOf } from '#lib/experiments/index';
import type { MetricsEvent } from '#lib/runs/events';
import type { RunPlace } from '#lib/runs/record';
import { amendAll, type Amendment } from '#lib/spec/change';
import { cellCount, cellParameters, importances } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { Pins } from '../_annotations/pins.tsx';
import { RailButton } from '../_annotations/rail-button.tsx';
import { useScene } from '../_annotations/use-scene.ts';
import { Cursors } from '../_people/cursors.tsx';
import { GuideLine } from '../_people/guide-line.tsx';
import { useTogether } from '../_people/use-together.ts';
import { WhoLooks } from '../_people/who-looks.tsx';
import { Anatomy } from '../_figures/anatomy.tsx';
import { anatomyOf, moved, nudged, type AnatomyData } from '../_figures/by-hand.ts';
import { Columns } from '../_figures/columns.tsx';
import { emptyView, featureCount, represented, type CellView } from '../_figures/cell-view.ts';
import { Directions, directionsPlaces, type Hand } from '../_figures/directions.tsx';
import type { Overlay } from '../_figures/figure.tsx';
import { Gram, gramPlaces } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { lossPlaces } from '../_figures/loss-places.ts';
import { Norms, normsPlaces } from '../_figures/norms.tsx';
import { formatDensity } from '../_figures/scales.ts';
import type { Places } from '../_figures/spot.ts';
import { linearView, startingViews } from '../_figures/starting.ts';
import { Strip } from '../_figures/strip.tsx';
import { Compare } from '../_runs/compare.tsx';
import { PastLine } from '../_runs/past-line.tsx';
import { RunsButton } from '../_runs/runs-button.tsx';
import {
  useBesideRun,
  useIsRoom,
  useNotes,
  usePastRunActions,
  usePastRuns,
  useSession,
  useShownRun,
  useTime,
} from '../_session/react.tsx';
import type { Size } from '../_figures/use-size.ts';
import type { RunView } from '../_session/state.ts';
import { Agenda } from './agenda.tsx';
import { FigureNote } from '../_annotations/figure-note.tsx';
import { FigureBoundary } from './figure-boundary.tsx';
import { ConnectionBanner, Notices } from './notices.tsx';
import { isPanel, PANELS, PanelTabs, type Panel } from './panel-tabs.tsx';
import { RunLine } from './run-line.tsx';
import { newestStep, Scrubber } from './scrubber.tsx';
import styles from './room.module.css';
import { useStandpoint } from './standpoint.tsx';
import { TryButtons, TryLine } from './try-line.tsx';
import { useExactLoss } from './use-exact-loss.ts';
import { useRoomShowing, type RoomShowing } from './use-room-showing.ts';
import { useShortcuts, type Shortcuts } from './use-shortcuts.ts';

// Recharts is as large as the rest of the room together: the first figure does not wait for it.
const Loss = lazy(() => import('../_figures/loss.tsx').then((module) => ({ default: module.Loss })));

interface StageProps {
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
  readonly chosenCell: number | null;
  readonly onChooseCell: (cell: number) => void;
}

export function Stage({ place, onPlace, chosenCell, onChooseCell }: StageProps): ReactNode {
  const run = useShownRun();
  const proposed = useSession((state) => state.spec);
  const [panel, setPanel] = useState<Panel>('directions');
  const showing = useRoomShowing(run);
  const { open: openRun } = usePastRunActions();
  const inGroup = useTime((state) => state.together && state.group !== null);
  const spec = useSpecAt(run, showing.shown?.step ?? 0) ?? proposed;
  const densities = useMemo(() => densitiesOf(spec), [spec]);
  const starting = useStartingViews(spec);
  const views = showing.shown?.views ?? starting;
  const cell = Math.min(chosenCell ?? firstCell(densities), densities.length - 1);
  const turnTo = (toCell: number, step: number | null, figure: string): void => {
    onChooseCell(toCell);
    if (step !== null) showing.onScrub(step < newestStep(run) ? step : null);
    if (isPanel(figure)) setPanel(figure);
  };
  const together = useTogether({
    item: useSession((state) => state.item?.id ?? null),
    run: run?.record.id ?? null,
    cell,
    panel,
    step: showing.scrubbed,
    turnTo: (look) => {
      // Its step is gone to once it is here.
      if (look.run !== null && look.run !== run?.record.id) void openRun(look.run);
      // In the group's time everyone is where it is, whomever they follow: a hand on it would move it for all.
      turnTo(look.cell, inGroup ? null : look.step, look.figure);
      if (!inGroup && look.step === null && showing.scrubbed !== null) showing.onScrub(null);
    },
  });
  const { leave } = together;
  const isRoom = useIsRoom();
  const choose = useMemo(() => byOneself(leave, onChooseCell), [leave, onChooseCell]);
  const alone = { ...showing, onScrub: byOneself(together.leave, showing.onScrub) };
  useShortcuts(usePastEscape(together.following ? { Escape: together.leave } : timeShortcuts(showing)));
  const [active, setActive] = useState<number | null>(null);
  const asColumns = useSession((state) => showsColumns(state.item?.experiment));
  const highlight = useMemo<Highlight>(() => ({ active, onActive: setActive }), [active]);
  useScene({
    spec,
    run,
    cell,
    views,
    step: showing.shown?.step ?? null,
    settled: showing.scrubbed === null && showing.shown?.moving !== true,
    best: showing.shown?.best === true,
    active,
    turnTo: byOneself(together.leave, turnTo),
  });

  return (
    <main className={styles['stage']} data-panel={panel} data-columns={asColumns ? '' : undefined}>
      <ConnectionBanner />
      <GuideLine />
      <TryLine />
      {isRoom ? <Agenda /> : null}
      <div className={styles['lookRow']}>
        <PastLine otherwise={<LookFor />} />
        <div className={styles['rails']}>
          <TryButtons />
          {isRoom ? <RunsButton /> : null}
          <NotesButton />
        </div>
      </div>
      <FigureBoundary>
        <AllModels spec={spec} views={views} densities={densities} chosen={cell} onChoose={choose} />
      </FigureBoundary>
      <PanelTabs panel={panel} onPanel={byOneself(together.leave, setPanel)} />
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
          onHover={together.hover}
        />
      </Compared>
      <Notices />
      <Scrubber spec={spec} run={run} cell={cell} {...alone} />
      <RunLine run={run} place={place} onPlace={onPlace} cell={cell} best={showing.shown?.best === true} />
    </main>
  );
}

/** A link's notes come along; without a room there are no others. */
function NotesButton(): ReactNode {
  const { at } = useStandpoint();
  const none = useNotes((state) => state.threads.length === 0);
  return at === 'solo' && none ? null : <RailButton />;
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
    <Strip views={views} {...rest} mark={whoLooks} />
  ) : (
    <Columns views={drawn} linear={linear} {...rest} />
  );
}

const showsColumns = (experiment: string | undefined): boolean =>
  experimentOf(experiment ?? '')?.figures.includes('columns') === true;

const whoLooks = (cell: number): ReactNode => <WhoLooks cell={cell} />;

/** What a hand does here, it does not do for the one whom it followed. */
const byOneself =
  <A extends readonly unknown[]>(leave: () => void, act: (...args: A) => void) =>
  (...args: A): void => {
    leave();
    act(...args);
  };

/** Back to live from a step of one's own; out of a showing that one has seen. */
function timeShortcuts({ shown, scrubbed, onScrub }: RoomShowing): Shortcuts {
  if (scrubbed !== null)
    return {
      Escape: () => {
        onScrub(null);
      },
    };
  return shown?.moving === true ? { Escape: shown.skip } : {};
}

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
  if (run === null || beside === null) return children;
  return (
    <FigureBoundary>
      <Compare left={run} right={beside} {...shown} />
    </FigureBoundary>
  );
}

/** With nothing nearer to leave, back from an earlier run. */
function usePastEscape(shortcuts: Shortcuts): Shortcuts {
  const past = usePastRuns((state) => state.opened !== null);
  const { close } = usePastRunActions();
  const back = (): void => {
    close();
  };
  return past ? { Escape: back, ...shortcuts } : shortcuts;
}

/** What the run was trained under at `step`: it may have been changed on the way. */
function useSpecAt(run: RunView | null, step: number): RunSpec | null {
  const { spec = null, amendments = NO_AMENDMENTS } = run?.record ?? {};
  const made = amendments.filter((amendment) => amendment.step <= step).length;
  return useMemo(() => spec && amendAll(spec, amendments.slice(0, made)), [spec, amendments, made]);
}

const NO_AMENDMENTS: readonly Amendment[] = [];

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

function LookFor(): ReactNode {
  const question = useSession((state) => experimentOf(state.item?.experiment ?? '')?.question ?? '');
  return <p className={styles['lookFor']}>{question}</p>;
}

interface PanelsProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly view: CellView;
  /** null while nothing has been trained: the view is what a run would start from. */
  readonly step: number | null;
  readonly moving: boolean;
  readonly cell: number;
  readonly densities: readonly number[];
  readonly active: number | null;
  readonly onActive: (feature: number | null) => void;
  readonly onHover: (panel: Panel) => void;
}

const NO_POINTS: readonly MetricsEvent[] = [];

function Panels({ spec, run, view: trained, step, moving, cell, ...props }: PanelsProps): ReactNode {
  const { densities, active, onActive, onHover } = props;
  const [lower, setLower] = useState<Lower>('loss');
  const isPlane = spec.model.m === 2 && featureCount(trained) > 0;
  const { view, hand, release } = useHand(trained, isPlane && !moving, () => {
    setLower('anatomy');
  });
  const live = useSession((state) => state.connection.phase !== 'connecting');
  // Recharts is slow: the other figures are not kept waiting for the curve and its mark.
  const points = useDeferredValue(run?.metrics ?? NO_POINTS);
  const shown = useDeferredValue(step ?? 0);
  const highlight = useMemo<Highlight>(() => ({ active, onActive }), [active, onActive]);
  const pins = useOverlays(view, cell);
  const steps = spec.steps;
  const lossPins = useCallback<Overlay>(
    (size) => <Over figure="loss" places={lossPlaces({ points, steps, chosen: cell }, size)} cell={cell} size={size} />,
    [points, steps, cell],
  );
  const density = densities[cell] ?? 1;
  const isSettled = step === spec.steps && !moving;
  const legend = useMemo(() => <DensityWords density={density} />, [density]);
  const tabs = useMemo(() => <LowerTabs lower={lower} onLower={setLower} />, [lower]);
  return (
    <div className={styles['panels']}>
      <Panel name="directions" onHover={onHover}>
        <Directions
          view={view}
          highlight={highlight}
          overlay={pins.directions}
          title="Feature directions"
          legend={legend}
          caption={directionsCaption(spec)}
          hand={hand}
          className={styles['fill'] ?? ''}
        />
        <ShapeName view={view} trained={step !== null} onRelease={release} />
      </Panel>
      <Panel name="gram" onHover={onHover}>
        <Gram view={view} highlight={highlight} overlay={pins.gram} className={styles['fill'] ?? ''} />
      </Panel>
      <Panel name="norms" onHover={onHover}>
        <Norms view={view} highlight={highlight} overlay={pins.norms} className={styles['fill'] ?? ''} />
      </Panel>
      <Panel name="loss" onHover={onHover}>
        {lower === 'anatomy' && isPlane ? (
          <AnatomyPanel
            spec={spec}
            view={view}
            trained={trained}
            density={density}
            cell={cell}
            sampled={isSettled ? (run?.best?.[cell]?.evaluationLoss ?? null) : null}
            highlight={highlight}
            title={tabs}
          />
        ) : live ? (
          <Suspense>
            <Loss
              title={isPlane ? tabs : 'Training loss'}
              points={points}
              densities={densities}
              chosen={cell}
              steps={spec.steps}
              shown={shown}
              overlay={lossPins}
              className={styles['fill'] ?? ''}
            />
          </Suspense>
        ) : null}
      </Panel>
    </div>
  );
}

interface OverProps {
  readonly figure: Panel;
  readonly places: Places;
  readonly cell: number;
  readonly size: Size;
}

const Over = (props: OverProps): ReactNode => (
  <>
    <Pins {...props} />
    <Cursors {...props} />
  </>
);

/** Over each figure of the model, at its size. */
function useOverlays(view: CellView, cell: number): Readonly<Record<'directions' | 'gram' | 'norms', Overlay>> {
  return useMemo(
    () => ({
      directions: (size) => <Over figure="directions" places={directionsPlaces(view, size)} cell={cell} size={size} />,
      gram: (size) => <Over figure="gram" places={gramPlaces(view, size)} cell={cell} size={size} />,
      norms: (size) => <Over figure="norms" places={normsPlaces(view, size)} cell={cell} size={size} />,
    }),
    [view, cell],
  );
}

type Lower = 'loss' | 'anatomy';
const LOWER: Readonly<Record<Lower, string>> = { loss: 'Training loss', anatomy: 'Loss anatomy' };

function LowerTabs({ lower, onLower }: { readonly lower: Lower; readonly onLower: (lower: Lower) => void }) {
  return (
    <span className={styles['lower']}>
      {(['loss', 'anatomy'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={lower === each}
          onClick={() => {
            onLower(each);
          }}
        >
          {LOWER[each]}
        </button>
      ))}
    </span>
  );
}

interface Handled {
  readonly view: CellView;
  /** null where nothing may be moved. */
  readonly hand: Hand | null;
  /** Gives the trained weights back; null while they stand. */
  readonly release: (() => void) | null;
}

/** Weights that this viewer has moved, until the model shown is another one. Nobody else sees it: the run stays as it is. */
function useHand(trained: CellView, allowed: boolean, onFirst: () => void): Handled {
  const [held, setHeld] = useState<{ readonly of: CellView; readonly view: CellView } | null>(null);
  const stands = allowed && held?.of === trained;
  const view = stands ? held.view : trained;
  const put = (next: CellView): void => {
    if (!stands) onFirst();
    setHeld({ of: trained, view: next });
  };
  const hand: Hand = {
    onMove: (feature, x, y) => {
      put(moved(view, feature, x, y));
    },
    onNudge: (feature, degrees, factor) => {
      put(nudged(view, feature, degrees, factor));
    },
  };
  const release = (): void => {
    setHeld(null);
  };
  return { view, hand: allowed ? hand : null, release: stands ? release : null };
}

interface AnatomyPanelProps {
  readonly spec: RunSpec;
  readonly view: CellView;
  /** Before a hand moved anything. */
  readonly trained: CellView;
  readonly density: number;
  readonly cell: number;
  /** On the evaluation samples, where the trained weights are the best replica's. */
  readonly sampled: number | null;
  readonly highlight: Highlight;
  readonly title: ReactNode;
}

function AnatomyPanel({ spec, view, trained, density, cell, sampled, highlight, title }: AnatomyPanelProps): ReactNode {
  const problem = useMemo(() => exactProblem(spec, cell), [spec, cell]);
  const exact = useExactLoss(problem, view);
  const before = useExactLoss(view === trained ? null : problem, trained);
  const data: AnatomyData = { output: spec.model.output, density, importance: importances(spec) };
  return (
    <Anatomy
      anatomy={anatomyOf(view, data)}
      before={view === trained ? null : anatomyOf(trained, data)}
      whole={
        exact === null
          ? null
          : { exact, before: view === trained ? null : before, sampled: view === trained ? sampled : null }
      }
      highlight={highlight}
      title={title}
      className={styles['fill'] ?? ''}
    />
  );
}

interface PanelProps {
  readonly name: Panel;
  readonly onHover: (panel: Panel) => void;
  readonly children: ReactNode;
}

function Panel({ name, onHover, children }: PanelProps): ReactNode {
  return (
    <section
      className={styles['panel']}
      data-name={name}
      aria-label={PANELS[name]}
      onPointerEnter={() => {
        onHover(name);
      }}
    >
      <FigureBoundary>{children}</FigureBoundary>
      <span className={styles['panelNote']}>
        <FigureNote figure={name} name={PANELS[name]} />
      </span>
    </section>
  );
}

function DensityWords({ density }: { readonly density: number }): ReactNode {
  const { S, p } = formatDensity(density);
  return (
    <>
      <i className={styles['letter']}>S</i> = {S}, <i className={styles['letter']}>p</i> = {p} · circle: length 1
    </>
  );
}

/** A plane is the whole of hidden space only where m is 2. */
function directionsCaption({ model: { m } }: RunSpec): string {
  if (m === 2) return '';
  return m === 1
    ? 'The one hidden dimension, drawn as a line.'
    : `${m} dimensions, seen along their two principal axes.`;
}

interface ShapeNameProps {
  readonly view: CellView;
  readonly trained: boolean;
  /** Offered while features stand where a hand has put them. */
  readonly onRelease: (() => void) | null;
}

/** The polytope's name fades in when it becomes another. */
function ShapeName({ view, trained, onRelease }: ShapeNameProps): ReactNode {
  const [name, words] = trained
    ? [view.shape(), `${represented(view).length} of ${featureCount(view)} features represented`]
    : ['Press Run', 'and watch the directions form'];
  return (
    <div className={styles['shape']} data-testid="shape">
      <strong key={name}>{name}</strong>
      <span>{words}</span>
      {onRelease === null ? null : (
        <button type="button" onClick={onRelease}>
          Back to the trained weights
        </button>
      )}
    </div>
  );
}
