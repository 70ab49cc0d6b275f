'use client';
/** Two moments side by side: of two runs, or of one. The right one has a time of its own, and is turned to the left one. */
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { alignment, transform } from '#lib/measure/align';
import { presentSpec } from '#lib/runs/record';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyView, featureCount, type CellView } from '../_figures/cell-view.ts';
import { Directions } from '../_figures/directions.tsx';
import { Gram } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { Norms } from '../_figures/norms.tsx';
import { formatDensity, formatShort } from '../_figures/scales.ts';
import { useShowing } from '../_figures/use-showing.ts';
import { useFormation } from '../_room/use-room-showing.ts';
import { useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { ComparedHead } from './compared-head.tsx';
import { ComparedSide } from './compared-side.tsx';
import { betweenWords } from './run-words.ts';
import { StepSlider, useStepBeside, type StepBeside } from './step-beside.tsx';
import styles from './compare.module.css';

interface CompareProps {
  readonly left: RunView;
  readonly right: RunView;
  /** The left one's chosen model, at the step shown. */
  readonly view: CellView;
  readonly step: number;
  readonly cell: number;
  readonly highlight: Highlight;
}

const FIGURES = { directions: 'Directions', gram: 'WᵀW', norms: 'Norms' } as const;
type Compared = keyof typeof FIGURES;

export function Compare({ left, right, view, step, cell, highlight }: CompareProps): ReactNode {
  const [figure, setFigure] = useState<Compared>('directions');
  const leftSpec = useMemo(() => presentSpec(left.record), [left.record]);
  const rightSpec = useMemo(() => presentSpec(right.record), [right.record]);
  const rightCell = useMemo(() => nearestCell(rightSpec, densityOf(leftSpec, cell)), [leftSpec, rightSpec, cell]);
  const other = useMoment(right, rightCell);
  const turned = useMemo(() => turnedTo(other.view, view), [other.view, view]);
  const isSame = left.record.id === right.record.id;
  return (
    <section className={styles['compare']} aria-label="Side by side" data-testid="compare" data-comparing="">
      <ComparedHead
        tools={
          <div role="group" aria-label="What is compared" className={styles['tabs']}>
            {(Object.keys(FIGURES) as Compared[]).map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === figure}
                onClick={() => {
                  setFigure(name);
                }}
              >
                {FIGURES[name]}
              </button>
            ))}
          </div>
        }
        words={isSame ? 'Two steps of one run' : betweenWords(leftSpec, rightSpec)}
      />
      <Side run={left} spec={leftSpec} view={view} step={step} cell={cell} figure={figure} highlight={highlight} />
      <Side
        run={right}
        spec={rightSpec}
        view={turned}
        step={other.moment.step}
        time={<StepSlider {...other.moment} />}
        cell={rightCell}
        figure={figure}
        highlight={highlight}
      />
    </section>
  );
}

interface SideProps {
  readonly run: RunView;
  readonly spec: RunSpec;
  readonly view: CellView;
  readonly step: number;
  readonly time?: ReactNode;
  readonly cell: number;
  readonly figure: Compared;
  readonly highlight: Highlight;
}

function Side({ run, spec, view, step, time, cell, figure, highlight }: SideProps): ReactNode {
  const loss = run.metrics.findLast((event) => event.step <= step)?.loss[cell];
  const words = `S = ${formatDensity(densityOf(spec, cell)).S} · ${view.shape()}${
    loss === undefined ? '' : ` · loss ${formatShort(loss)}`
  }`;
  const common = { view, highlight, className: styles['figure'] ?? '' };
  return (
    <ComparedSide run={run} step={step} time={time} words={words}>
      {figure === 'directions' ? <Directions {...common} title="Feature directions" /> : null}
      {figure === 'gram' ? <Gram {...common} /> : null}
      {figure === 'norms' ? <Norms {...common} /> : null}
    </ComparedSide>
  );
}

function useMoment(run: RunView, cell: number): { readonly view: CellView; readonly moment: StepBeside } {
  const clockOffset = useSession((state) => state.clockOffset);
  const serverNow = useCallback(() => Date.now() + clockOffset, [clockOffset]);
  const moment = useStepBeside(run);
  const shown = useShowing(useFormation(run), moment.step, serverNow);
  return { view: shown?.views[cell] ?? emptyView(run.record.spec.model.n), moment };
}

/** The loss does not change when hidden space is turned: two models are compared as they lie best on each other. */
function turnedTo(view: CellView, other: CellView): CellView {
  if (featureCount(view) !== featureCount(other) || featureCount(view) === 0) return view;
  const points = Float64Array.from(view.points);
  return { ...view, points: Array.from(transform(points, alignment(points, Float64Array.from(other.points)))) };
}

const densityOf = (spec: RunSpec, cell: number): number => cellParameters(spec, cell).density;

/** The one whose density is most like it. */
function nearestCell(spec: RunSpec, density: number): number {
  const far = (cell: number): number => Math.abs(Math.log(densityOf(spec, cell) / density));
  return Array.from({ length: cellCount(spec) }, (_, cell) => cell).reduce(
    (nearest, cell) => (far(cell) < far(nearest) ? cell : nearest),
    0,
  );
}
