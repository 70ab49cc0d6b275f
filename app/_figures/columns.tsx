'use client';
/**
 * All models of a run as columns, as in the paper's first systematic figure: WᵀW with the bias beside it, the norms below, and how
 * many features are stored. The best linear model stands first. One column is shown large beside them.
 */
import { memo, type CSSProperties, type ReactNode } from 'react';
import { biasOfOthers, emptyView, featureCount, represented, type CellView } from './cell-view.ts';
import { Figure } from './figure.tsx';
import { ModelChoice, ModelChoices } from './model-choices.tsx';
import { Ramp } from './ramp.tsx';
import { formatCount, formatDensity, formatShort, formatWeight, gramColour, superpositionColour } from './scales.ts';
import type { FigureTable } from './table.ts';
import styles from './columns.module.css';

interface ColumnsProps {
  readonly views: readonly CellView[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  /** The best linear model of the chosen density. */
  readonly linear: CellView;
  readonly chosen: number;
  readonly onChoose: (cell: number) => void;
  /** Beside a model: who else looks at it. */
  readonly mark?: (cell: number) => ReactNode;
}

export const Columns = memo(function Columns(props: ColumnsProps): ReactNode {
  return (
    <Figure
      className={styles['figure'] ?? ''}
      testId="columns"
      title="A linear model, then along density"
      name="Models along density beside a linear one"
      caption="WᵀW with the bias at its right, norms below. Sparser columns store more than the linear model’s; off the diagonal is the price."
      said={said(props)}
      table={() => columnsTable(props)}
      flow
    >
      {() => <All {...props} />}
    </Figure>
  );
});

/** "S = 0.90: 9 of 20 represented, 1 of them undisturbed; bias of the others 0.05." */
function said({ views, densities, chosen }: ColumnsProps): string {
  const [view, density] = [views[chosen], densities[chosen]];
  if (view === undefined || density === undefined) return '';
  const bias = biasOfOthers(view);
  const others = bias === null ? '' : `; bias of the others ${formatWeight(bias)}`;
  return `S = ${formatDensity(density).S}: ${represented(view).length} of ${featureCount(view)} represented, ${undisturbed(view)} of them undisturbed${others}.`;
}

/** Superposition below this is none. */
const DISTURBED = 0.01;

const undisturbed = (view: CellView): number =>
  represented(view).filter((feature) => (view.superposition[feature] ?? NaN) < DISTURBED).length;

function columnsTable({ views, densities, linear, chosen }: ColumnsProps): FigureTable {
  const row = (name: string, density: number, view: CellView): readonly (string | number)[] => [
    name,
    density,
    represented(view).length,
    undisturbed(view),
    biasOfOthers(view) ?? NaN,
  ];
  return {
    columns: [
      { name: 'model' },
      { name: 'p', format: formatShort },
      { name: 'represented', format: formatCount },
      { name: 'undisturbed', format: formatCount },
      { name: 'bias of the others', format: (value) => (Number.isNaN(value) ? '–' : formatShort(value)) },
    ],
    rows: [
      row('linear', densities[chosen] ?? 1, linear),
      ...densities.map((density, cell) => row(`S ${formatDensity(density).S}`, density, views[cell] ?? emptyView(0))),
    ],
  };
}

function All({ views, densities, linear, chosen, onChoose, mark }: ColumnsProps): ReactNode {
  return (
    <div className={styles['all']} style={{ '--models': densities.length } as CSSProperties}>
      <div className={styles['linear']} data-testid="linear-column">
        <Column view={linear} name={<>Linear</>} />
      </div>
      <ModelChoices densities={densities} chosen={chosen} onChoose={onChoose} className={styles['columns']}>
        {(cell, density) => (
          <Choice
            key={cell}
            cell={cell}
            density={density}
            view={views[cell] ?? emptyView(0)}
            chosen={cell === chosen}
            onChoose={onChoose}
            mark={mark}
          />
        )}
      </ModelChoices>
      <div className={styles['legends']}>
        <Ramp words="WᵀW, b" from={-1} to={1} colour={gramColour} />
        <Ramp words="superposition" from={0} to={1} colour={superpositionColour} />
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly cell: number;
  readonly density: number;
  readonly view: CellView;
  readonly chosen: boolean;
  readonly onChoose: (cell: number) => void;
  readonly mark: ((cell: number) => ReactNode) | undefined;
}

const Choice = memo(function Choice({ view, mark, ...choice }: ChoiceProps): ReactNode {
  const { cell, density } = choice;
  return (
    <ModelChoice {...choice} className={styles['column']} testId={`column-${cell}`}>
      <Column
        view={view}
        name={
          <>
            <i>S</i> {formatDensity(density).S}
          </>
        }
      />
      {mark?.(cell)}
    </ModelChoice>
  );
});

function Column({ view, name }: { readonly view: CellView; readonly name: ReactNode }): ReactNode {
  const bias = biasOfOthers(view);
  return (
    <>
      <span className={styles['name']}>{name}</span>
      <Model view={view} />
      <span className={styles['count']}>
        <strong>{represented(view).length}</strong> stored, {undisturbed(view)} alone
      </span>
      <span className={styles['bias']}>{bias === null ? '' : <Bias value={Number(bias.toPrecision(2))} />}</span>
    </>
  );
}

function Bias({ value }: { readonly value: number }): ReactNode {
  return (
    <>
      <span className={styles['words']}>other biases</span>
      <i>b</i> {formatShort(value)}
    </>
  );
}

/** Units of the column's own drawing: the matrix's side, what lies between it and the bias, the bias, and the norms below. */
const SIDE = 100;
const GAP = 3;
const STRIP = 7;
const BELOW = 7;
const BARS = 64;
const WIDTH = SIDE + GAP + STRIP;

function Model({ view }: { readonly view: CellView }): ReactNode {
  const n = featureCount(view);
  const cell = SIDE / Math.max(1, n);
  const row = BARS / Math.max(1, n);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${SIDE + BELOW + BARS}`} aria-hidden>
      <Cells values={view.gram} columns={n} x={0} width={cell} height={cell} />
      <Cells values={view.bias} columns={1} x={SIDE + GAP} width={STRIP} height={cell} />
      {view.norms.map((norm, feature) => (
        <rect
          key={feature}
          x={0}
          y={SIDE + BELOW + row * (feature + 0.1)}
          width={Math.min(WIDTH, Math.max(0.5, norm * BAR))}
          height={row * 0.8}
          style={{ fill: superpositionColour(view.superposition[feature] ?? 0) }}
        />
      ))}
      <line className={styles['one']} x1={BAR} x2={BAR} y1={SIDE + BELOW} y2={SIDE + BELOW + BARS} />
    </svg>
  );
}

/** A norm of 1, in units of the drawing. */
const BAR = 76;

/** Colours come in steps of a twentieth: a path for each, not a mark for each entry, or eight matrices of 400 could not move. */
const STEPS = 20;

interface CellsProps {
  /** [rows, columns], drawn between −1 and 1 */
  readonly values: readonly number[];
  readonly columns: number;
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

function Cells({ values, columns, x, width, height }: CellsProps): ReactNode {
  const paths = new Map<number, string>();
  values.forEach((value, k) => {
    const step = Math.round(STEPS * Math.min(1, Math.max(-1, value)));
    if (step === 0) return;
    const [left, top] = [x + (k % columns) * width, Math.floor(k / columns) * height];
    paths.set(
      step,
      `${paths.get(step) ?? ''}M${short(left)} ${short(top)}h${short(width)}v${short(height)}h${short(-width)}z`,
    );
  });
  const rows = columns === 0 ? 0 : values.length / columns;
  return (
    <g shapeRendering="crispEdges">
      <rect x={x} y={0} width={columns * width} height={rows * height} style={{ fill: gramColour(0) }} />
      {[...paths].map(([step, d]) => (
        <path key={step} d={d} style={{ fill: gramColour(step / STEPS) }} />
      ))}
    </g>
  );
}

const short = (value: number): string => String(Number(value.toFixed(2)));
