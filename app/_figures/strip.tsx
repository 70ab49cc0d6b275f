'use client';
/** All models of a run side by side, densest first; one of them is shown large. */
import { memo, type ReactNode } from 'react';
import { Hull, planeOf, pointOf } from './arrows.tsx';
import { emptyView, featureCount, represented, type CellView } from './cell-view.ts';
import { Figure } from './figure.tsx';
import { ModelChoice, ModelChoices } from './model-choices.tsx';
import { featureColour, formatCount, formatDensity, formatShort } from './scales.ts';
import type { FigureTable } from './table.ts';
import figure from './figure.module.css';
import styles from './strip.module.css';

interface StripProps {
  readonly views: readonly CellView[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly onChoose: (cell: number) => void;
  /** Beside a model: who else looks at it. */
  readonly mark?: (cell: number) => ReactNode;
}

export const Strip = memo(function Strip(props: StripProps): ReactNode {
  return (
    <Figure
      className={styles['figure'] ?? ''}
      testId="strip"
      title="Along density"
      name="Models along density"
      caption="One model for each sparsity, the densest first. Look for where another feature finds room."
      said={said(props)}
      table={() => stripTable(props)}
      flow
    >
      {() => <Cells {...props} />}
    </Figure>
  );
});

function said({ views, densities, chosen }: StripProps): string {
  const [view, density] = [views[chosen], densities[chosen]];
  if (view === undefined || density === undefined) return '';
  return `S = ${formatDensity(density).S}: ${view.shape()}, ${represented(view).length} of ${featureCount(view)} represented.`;
}

function stripTable({ views, densities }: StripProps): FigureTable {
  const rows = densities.map((density, cell) => {
    const view = views[cell] ?? emptyView(0);
    return [`S ${formatDensity(density).S}`, density, represented(view).length, view.shape()];
  });
  return {
    columns: [
      { name: 'model' },
      { name: 'p', format: formatShort },
      { name: 'represented', format: formatCount },
      { name: 'shape' },
    ],
    rows,
  };
}

function Cells({ views, densities, chosen, onChoose, mark }: StripProps): ReactNode {
  return (
    <ModelChoices densities={densities} chosen={chosen} onChoose={onChoose}>
      {(cell, density) => (
        <ModelChoice
          key={cell}
          cell={cell}
          density={density}
          chosen={cell === chosen}
          onChoose={onChoose}
          className={styles['cell']}
          testId={`strip-cell-${cell}`}
        >
          <Thumbnail view={views[cell] ?? emptyView(0)} />
          {mark?.(cell)}
          <span className={styles['density']}>
            <i>S</i> {formatDensity(density).S}
          </span>
        </ModelChoice>
      )}
    </ModelChoices>
  );
}

/** Side of the thumbnail's own coordinates; it is scaled to whatever room there is. */
const SIDE = 64;

function Thumbnail({ view }: { readonly view: CellView }): ReactNode {
  return (
    <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden>
      <line className={figure['axis']} x1={4} x2={SIDE - 4} y1={SIDE / 2} y2={SIDE / 2} />
      <line className={figure['axis']} x1={SIDE / 2} x2={SIDE / 2} y1={4} y2={SIDE - 4} />
      <Vectors view={view} />
    </svg>
  );
}

function Vectors({ view }: { readonly view: CellView }): ReactNode {
  const plane = planeOf(view, SIDE, SIDE, 2);
  const n = featureCount(view);
  return (
    <>
      <Hull view={view} plane={plane} className={figure['hull']} />
      {view.norms.map((_, i) => {
        const feature = n - 1 - i;
        const { x, y } = pointOf(view, feature);
        const colour = featureColour(feature, n);
        return (
          <g key={feature} style={{ stroke: colour, fill: colour }}>
            <line x1={SIDE / 2} y1={SIDE / 2} x2={plane.x(x)} y2={plane.y(y)} strokeWidth={1.6} />
            <circle cx={plane.x(x)} cy={plane.y(y)} r={2.2} stroke="none" />
          </g>
        );
      })}
    </>
  );
}
