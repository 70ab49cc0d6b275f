'use client';
/** Two phase diagrams side by side, or two steps of one: a cell that is chosen on one is looked for on the other. The right one has a time of its own. */
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { isSweep } from '#lib/spec/tiles';
import { CellMap } from '../_figures/cell-map.tsx';
import { cellWords, phaseWords } from '../_figures/cell-words.ts';
import { formatShort } from '../_figures/scales.ts';
import { useMapBeside, type ShownMap } from '../_room/use-shown-map.ts';
import type { RunView } from '../_session/state.ts';
import { ComparedHead } from './compared-head.tsx';
import { ComparedSide } from './compared-side.tsx';
import { differingWords, type DrawnMap } from './differing.ts';
import { betweenWords } from './run-words.ts';
import { StepSlider } from './step-beside.tsx';
import { holdRight, twoCells, type HeldCell, type TwoSpecs } from './two-cells.ts';
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
  const other = useMapBeside(right);
  const cells = useTwoCells({ left: shown.spec, right: other.spec }, right.record.id, cell, onChoose);
  const differing = useMemo(
    () => differingWords({ spec: shown.spec, map: shown.map }, { spec: other.spec, map: other.map }, feature),
    [shown.spec, shown.map, other.spec, other.map, feature],
  );
  const common = { feature, ideal };
  const between =
    left.record.id === right.record.id ? 'Two steps of one diagram' : betweenWords(left.record.spec, right.record.spec);
  return (
    <section
      className={styles['compare']}
      aria-label="Side by side"
      data-testid="compare"
      data-comparing=""
      data-maps=""
    >
      <ComparedHead words={`${between}${differing === '' ? '' : ` · ${differing}`}`} />
      <Side
        {...common}
        run={left}
        spec={shown.spec}
        map={shown.map}
        step={shown.shown?.step ?? null}
        cell={cells.left}
        far={cells.far === 'left'}
        onChoose={cells.chooseLeft}
      />
      <Side
        {...common}
        run={right}
        spec={other.spec}
        map={other.map}
        step={other.moment.step}
        time={<StepSlider {...other.moment} />}
        cell={cells.right}
        far={cells.far === 'right'}
        onChoose={cells.chooseRight}
      />
    </section>
  );
}

/** What is chosen on the right is everyone's on the left, and is held on the right until another is chosen on the left. */
function useTwoCells({ left, right }: TwoSpecs, run: string, cell: number, onChoose: (cell: number) => void) {
  const [held, setHeld] = useState<HeldCell | null>(null);
  const cells = useMemo(
    () => twoCells({ left, right }, cell, held?.run === run ? held : null),
    [left, right, cell, held, run],
  );
  const chooseLeft = useCallback(
    (to: number) => {
      setHeld(null);
      onChoose(to);
    },
    [onChoose],
  );
  const chooseRight = useCallback(
    (to: number) => {
      const next = holdRight({ left, right }, run, to);
      setHeld(next);
      onChoose(next.left);
    },
    [left, right, run, onChoose],
  );
  return { ...cells, chooseLeft, chooseRight };
}

interface SideProps extends DrawnMap {
  readonly run: RunView;
  /** null: nothing is known yet. */
  readonly step: number | null;
  readonly time?: ReactNode;
  readonly feature: number;
  readonly cell: number;
  /** It is only the nearest to the other side's. */
  readonly far: boolean;
  readonly ideal: boolean;
  readonly onChoose: (cell: number) => void;
}

function Side({ run, spec, map, step, time, feature, cell, far, ideal, onChoose }: SideProps): ReactNode {
  const loss = map.loss[cell] ?? NaN;
  const own = Math.min(feature, spec.model.n - 1);
  const words = `${cellWords(spec, cell)}: ${phaseWords(spec, map, own, cell).toLowerCase()}${
    Number.isNaN(loss) ? '' : ` · loss ${formatShort(loss)}`
  }`;
  return (
    <ComparedSide
      run={run}
      step={isSweep(spec) ? null : step}
      time={isSweep(spec) ? null : time}
      words={far ? `No cell here is like it. The nearest: ${words}` : words}
    >
      <CellMap
        className={styles['figure'] ?? ''}
        spec={spec}
        map={map}
        feature={own}
        chosen={cell}
        far={far}
        onChoose={onChoose}
        ideal={ideal}
        pale={isSweep(spec)}
      />
    </ComparedSide>
  );
}
