'use client';
/** Two phase diagrams side by side, or two steps of one: the same cell is chosen on both. The right one has a time of its own. */
import { X } from 'lucide-react';
import { useMemo, type CSSProperties, type ReactNode } from 'react';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters, nearestCell } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import controls from '../_controls/parameter.module.css';
import { CellMap } from '../_figures/cell-map.tsx';
import { cellWords, phaseOf, phaseWords } from '../_figures/cell-words.ts';
import { formatCount, formatShort } from '../_figures/scales.ts';
import { timelinePosition, timelineStep } from '../_figures/showing.ts';
import { useClock } from '../_room/use-clock.ts';
import { useMapBeside, type ShownMap } from '../_room/use-shown-map.ts';
import { usePastRunActions, usePastRuns, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { betweenWords, runName } from './run-words.ts';
import styles from './compare.module.css';

interface CompareMapsProps {
  readonly left: RunView;
  readonly right: RunView;
  /** The left one, at the moment that is shown. */
  readonly shown: ShownMap;
  readonly feature: number;
  readonly cell: number;
  readonly ideal: boolean;
  readonly onChoose: (cell: number) => void;
}

export function CompareMaps({ left, right, shown, feature, cell, ideal, onChoose }: CompareMapsProps): ReactNode {
  const { close } = usePastRunActions();
  const other = useMapBeside(right);
  const otherCell = useMemo(
    () => nearestCell(other.spec, cellParameters(shown.spec, cell)),
    [other.spec, shown.spec, cell],
  );
  const common = { feature, ideal };
  return (
    <section
      className={styles['compare']}
      aria-label="Side by side"
      data-testid="compare"
      data-comparing=""
      data-maps=""
    >
      <div className={styles['head']}>
        <p className={styles['between']} data-testid="between">
          {left.record.id === right.record.id
            ? 'Two steps of one diagram'
            : betweenWords(left.record.spec, right.record.spec)}
          <Differing left={shown} right={other} feature={feature} />
        </p>
        <button
          type="button"
          className={styles['close']}
          onClick={() => {
            close('beside');
          }}
        >
          <X size={14} /> End comparing
        </button>
      </div>
      <Side
        {...common}
        run={left}
        spec={shown.spec}
        map={shown.map}
        step={shown.shown?.step ?? null}
        cell={cell}
        onChoose={onChoose}
      />
      <Side
        {...common}
        run={right}
        spec={other.spec}
        map={other.map}
        step={other.step}
        cell={otherCell}
        onChoose={(to) => {
          onChoose(nearestCell(shown.spec, cellParameters(other.spec, to)));
        }}
      >
        {isSweep(other.spec) ? null : <Time steps={other.spec.steps} step={other.step} onGo={other.go} />}
      </Side>
    </section>
  );
}

/** Positions along the right one's track. */
const POSITIONS = 1_000;

interface TimeProps {
  readonly steps: number;
  readonly step: number;
  readonly onGo: (step: number) => void;
}

const Time = ({ steps, step, onGo }: TimeProps): ReactNode => (
  <input
    type="range"
    className={controls['slider']}
    style={{ '--share': timelinePosition(step, steps) } as CSSProperties}
    aria-label="Step shown on the right"
    aria-valuetext={`step ${formatCount(step)}`}
    min={0}
    max={POSITIONS}
    value={Math.round(timelinePosition(step, steps) * POSITIONS)}
    onChange={(event) => {
      onGo(timelineStep(event.currentTarget.valueAsNumber / POSITIONS, steps));
    }}
  />
);

interface Drawn {
  readonly spec: RunSpec;
  readonly map: SweepMap;
}

interface DifferingProps {
  readonly left: Drawn;
  readonly right: Drawn;
  readonly feature: number;
}

/** "Feature 2 has come to something else in 37 of 1,024 cells", where both have the same cells. */
function Differing({ left, right, feature }: DifferingProps): ReactNode {
  const cells = cellCount(left.spec);
  const count = differing(left, right, feature);
  if (count === null) return null;
  return (
    <>
      {' · '}feature {feature + 1} has come to something else in {formatCount(count)} of {formatCount(cells)} cells
    </>
  );
}

function differing(left: Drawn, right: Drawn, feature: number): number | null {
  const sameCells = JSON.stringify(left.spec.axes) === JSON.stringify(right.spec.axes);
  if (!sameCells || left.spec.model.n !== right.spec.model.n) return null;
  const phase = ({ spec, map }: Drawn, cell: number): string | null => {
    const index = cell * spec.model.n + feature;
    const norm = map.norm[index] ?? NaN;
    return Number.isNaN(norm) ? null : phaseOf(norm, map.superposition[index] ?? NaN);
  };
  return Array.from({ length: cellCount(left.spec) }, (_, cell) => cell).filter(
    (cell) => phase(left, cell) !== phase(right, cell),
  ).length;
}

interface SideProps extends Drawn {
  readonly run: RunView;
  /** null: nothing is known yet. */
  readonly step: number | null;
  readonly feature: number;
  readonly cell: number;
  readonly ideal: boolean;
  readonly onChoose: (cell: number) => void;
  readonly children?: ReactNode;
}

function Side({ run, spec, map, step, feature, cell, ideal, onChoose, children }: SideProps): ReactNode {
  const name = usePastRuns((state) => state.runs?.find(({ id }) => id === run.record.id)?.name ?? null);
  const experiment = useSession((state) => state.item?.experiment ?? null);
  const now = useClock(false);
  const loss = map.loss[cell] ?? NaN;
  const own = Math.min(feature, spec.model.n - 1);
  return (
    <div className={styles['side']} data-testid="compared">
      <header>
        <strong suppressHydrationWarning>{runName({ ...run.record, name }, experiment, now)}</strong>
        {isSweep(spec) || step === null ? null : (
          <span data-testid="compared-step">step {formatCount(Math.round(step))}</span>
        )}
        {children}
      </header>
      <p>
        {cellWords(spec, cell)}: {phaseWords(spec, map, own, cell).toLowerCase()}
        {Number.isNaN(loss) ? '' : ` · loss ${formatShort(loss)}`}
      </p>
      <CellMap
        className={styles['figure'] ?? ''}
        spec={spec}
        map={map}
        feature={own}
        chosen={cell}
        onChoose={onChoose}
        ideal={ideal}
        pale={isSweep(spec)}
      />
    </div>
  );
}
