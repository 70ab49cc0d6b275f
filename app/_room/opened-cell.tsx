'use client';
/** The chosen cell of a diagram, opened: its model as it came out, in figures and numbers, and the way to train it by itself. */
import { Microscope } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { exploreCell } from '#lib/experiments/diagram';
import { isActive, type RunPlace } from '#lib/runs/record';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellParameters } from '#lib/spec/cells';
import type { Parameters } from '#lib/spec/parameters';
import { differingParameters } from '#lib/spec/parameters-of';
import type { RunSpec } from '#lib/spec/spec';
import { holdsWeights, isSweep } from '#lib/spec/tiles';
import { bestIdeal } from '../_figures/ideal-lines.ts';
import type { CellView } from '../_figures/cell-view.ts';
import { cellWords, phaseWords } from '../_figures/cell-words.ts';
import { Directions } from '../_figures/directions.tsx';
import { Gram } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { colourOfCell } from '../_figures/phase-colour.ts';
import { formatShort, formatWeight } from '../_figures/scales.ts';
import { usePhaseColours } from '../_figures/use-phase-colours.ts';
import { mayEdit, mayRun } from '../_session/may.ts';
import { useActions, useSession } from '../_session/react.tsx';
import styles from './map-stage.module.css';
import { Noted } from './noted.tsx';
import { useOverlays } from './over.tsx';

interface OpenedCellProps {
  readonly spec: RunSpec;
  readonly map: SweepMap;
  readonly view: CellView | null;
  readonly feature: number;
  readonly cell: number;
  /** Of its features, in its figures. */
  readonly highlight: Highlight;
  readonly place: RunPlace;
}

export function OpenedCell({ spec, map, view, feature, cell, highlight, place }: OpenedCellProps): ReactNode {
  const colours = usePhaseColours();
  const colour = colourOfCell(map, cell * spec.model.n + feature, colours);
  return (
    <section className={styles['opened']} aria-label="The chosen cell" data-testid="opened-cell">
      <h2>{cellWords(spec, cell)}</h2>
      <p className={styles['phase']} data-testid="opened-phase">
        <i style={colour === null ? {} : { background: colour }} aria-hidden />
        {phaseWords(spec, map, feature, cell)}
      </p>
      {view === null ? (
        <p className={styles['unknown']}>{whyNoModel(spec, map, cell)}</p>
      ) : (
        <Model spec={spec} view={view} cell={cell} highlight={highlight} />
      )}
      <Numbers spec={spec} map={map} feature={feature} cell={cell} />
      <Explore spec={spec} cell={cell} place={place} />
    </section>
  );
}

function whyNoModel(spec: RunSpec, { done }: SweepMap, cell: number): string {
  if (done[cell] === 1 && isSweep(spec))
    return `${holdsWeights(spec) ? OF_BEFORE : TOO_LARGE}: explore this cell to train it again.`;
  return isSweep(spec) ? 'Its weights are shown once its tile is trained.' : 'Press Run, and watch the diagram form.';
}

const TOO_LARGE = 'Models as large as this one are not kept, cell by cell';
const OF_BEFORE = 'This sweep is of a time before its models were kept';

interface ModelProps extends Pick<OpenedCellProps, 'spec' | 'cell' | 'highlight'> {
  readonly view: CellView;
}

function Model({ spec, view, cell, highlight }: ModelProps): ReactNode {
  const { m } = spec.model;
  const over = useOverlays(view, cell);
  return (
    <div className={styles['model']}>
      <Noted figure="directions" name="Feature directions">
        <Directions
          view={view}
          highlight={highlight}
          title="Directions"
          legend={m === 1 ? 'one dimension' : m > 2 ? 'two principal axes' : ''}
          overlay={over.directions}
          className={styles['fill'] ?? ''}
        />
      </Noted>
      <Noted figure="gram" name="WᵀW and bias">
        <Gram view={view} highlight={highlight} overlay={over.gram} className={styles['fill'] ?? ''} />
      </Noted>
    </div>
  );
}

interface NumbersProps {
  readonly spec: RunSpec;
  readonly map: SweepMap;
  readonly feature: number;
  readonly cell: number;
}

function Numbers({ spec, map, feature, cell }: NumbersProps): ReactNode {
  const index = cell * spec.model.n + feature;
  const ideal = bestIdeal(spec, cellParameters(spec, cell));
  const rows: readonly (readonly [string, string])[] = [
    ['Length ‖W‖', known(map.norm[index], formatWeight)],
    ['Superposition', known(map.superposition[index], formatWeight)],
    ['Loss', known(map.loss[cell], formatShort)],
    ['Best model', map.done[cell] === 1 ? `${String((map.replica[cell] ?? 0) + 1)} of ${String(spec.replicas)}` : '—'],
    ...(ideal === null ? [] : [['Ideal strategy', ideal] as const]),
  ];
  return (
    <dl className={styles['numbers']}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const known = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined || Number.isNaN(value) ? '—' : format(value);

/** What it was trained with becomes everybody's parameters; where no run stands, it is trained at once. */
function Explore({ spec, cell, place }: { readonly spec: RunSpec; readonly cell: number; readonly place: RunPlace }) {
  const allowed = useSession((state) => mayEdit(state) && mayRun(state));
  // One that is paused may be hours of a sweep: only Run ends it.
  const stands = useSession(({ run }) => run !== null && isActive(run.record.status));
  const present = useSession((state) => state.parameters);
  const explored = useMemo(() => exploreCell(spec, cell, present), [spec, cell, present]);
  const { set, run } = useActions();
  return (
    <div className={styles['explore']}>
      <button
        type="button"
        disabled={!allowed || explored === undefined}
        data-testid="explore-cell"
        onClick={() => {
          if (explored === undefined) return;
          set(changed(present, explored));
          if (!stands) void run(place, null);
        }}
      >
        <Microscope size={14} aria-hidden /> Explore this cell
      </button>
      <small>{explored === undefined ? NO_PARAMETERS : stands ? RUN_ENDS_IT : TRAINS_IT}</small>
    </div>
  );
}

const NO_PARAMETERS = 'No parameters of the controls mean this cell: its run was written by a program.';
const RUN_ENDS_IT = 'Sets its parameters for everyone; Run then ends the diagram and trains it.';
const TRAINS_IT = 'Trains it by itself, before everyone, in all figures. Undo and Run bring the diagram back.';

const changed = (present: Parameters, next: Parameters): Partial<Parameters> =>
  Object.fromEntries(differingParameters(present, next).map((key) => [key, next[key]]));
