'use client';
/** How much of each feature is represented: a bar of length ‖W_i‖, coloured by its superposition. */
import { memo, type ReactNode } from 'react';
import { REPRESENTED_NORM } from '#lib/measure/norms';
import { featureCount, featureWords, represented, type CellView } from './cell-view.ts';
import { Drawing } from './drawing.tsx';
import { Figure, type Overlay } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, highlightOf, type Highlight } from './highlight.ts';
import { Ramp } from './ramp.tsx';
import { formatWeight, reach, superpositionColour } from './scales.ts';
import type { Places } from './spot.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface NormsProps {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly overlay?: Overlay | undefined;
  readonly className?: string;
}

export const Norms = memo(function Norms({ view, highlight, overlay, className = '' }: NormsProps): ReactNode {
  return (
    <Figure
      className={className}
      testId="norms"
      overlay={overlay}
      title="Norms"
      name="Norms and superposition"
      legend={<Ramp words="superposition" from={0} to={1} colour={superpositionColour} />}
      caption="A bar near 1 is a feature that is stored. Yellow: its direction is shared."
      said={featureWords(view, highlight.active)}
      table={() => normsTable(view)}
    >
      {(size) => <NormsDrawing view={view} highlight={highlight} size={size} />}
    </Figure>
  );
});

function normsTable(view: CellView): FigureTable {
  const rows = view.norms.map((norm, feature) => [`feature ${feature + 1}`, norm, view.superposition[feature] ?? 0]);
  return { columns: ['feature', '‖W‖', 'superposition'].map((name) => ({ name })), rows };
}

const spoken = (view: CellView): string =>
  `Norm of each feature. ${represented(view).length} of ${featureCount(view)} are above ${REPRESENTED_NORM}.`;

/** px of the row numbers, and of the axis below */
const LABELS = 22;
const AXIS = 18;
/** px: lower rows go without numbers */
const LABELLED_ROW = 11;

export function normsPlaces(view: CellView, { width, height }: Size): Places {
  const n = featureCount(view);
  const row = (height - AXIS) / n;
  const unit = (width - LABELS - 4) / reach(view.norms);
  return {
    locate(spot) {
      if (spot.kind === 'axis') return { x: width - 24, y: height - AXIS };
      if (spot.kind === 'cell') return { x: width - 24, y: row / 2 };
      if (spot.kind !== 'feature') return null;
      const norm = view.norms[spot.feature];
      return norm === undefined ? null : { x: LABELS + norm * unit, y: (spot.feature + 0.5) * row };
    },
    pick({ y }) {
      const feature = Math.floor(y / row);
      return feature < n ? { kind: 'feature', feature: Math.max(0, feature) } : { kind: 'axis', axis: 'x' };
    },
    span: () => null,
    point: ({ x, y }) => ({ x: (x - LABELS) / unit, y: y / row }),
    pixel: ({ x, y }) => ({ x: LABELS + x * unit, y: y * row }),
  };
}

function NormsDrawing({ view, highlight, size: { width, height } }: NormsProps & { readonly size: Size }): ReactNode {
  const n = featureCount(view);
  const row = (height - AXIS) / n;
  const unit = (width - LABELS - 4) / reach(view.norms);
  return (
    <Drawing
      size={{ width, height }}
      label={spoken(view)}
      onKeyDown={featureKeys(highlight, n)}
      onLeave={() => {
        highlight.onActive(null);
      }}
    >
      <Scale unit={unit} height={height - AXIS} />
      {view.norms.map((norm, feature) => (
        <g
          key={feature}
          className={styles['row']}
          {...highlightOf(highlight, feature)}
          onPointerEnter={() => {
            highlight.onActive(feature);
          }}
        >
          <rect x={0} y={feature * row} width={width} height={row} fill="transparent" />
          {row >= LABELLED_ROW ? (
            <text
              className={styles['label']}
              x={LABELS - 6}
              y={(feature + 0.5) * row}
              textAnchor="end"
              dominantBaseline="central"
            >
              {feature + 1}
            </text>
          ) : null}
          <rect
            x={LABELS}
            y={feature * row + row * 0.15}
            width={Math.max(1, norm * unit)}
            height={row * 0.7}
            rx={Math.min(2, row / 4)}
            style={{ fill: superpositionColour(view.superposition[feature] ?? 0) }}
          >
            <title>{`‖W${feature + 1}‖ = ${formatWeight(norm)}, superposition ${formatWeight(view.superposition[feature] ?? 0)}`}</title>
          </rect>
        </g>
      ))}
    </Drawing>
  );
}

function Scale({ unit, height }: { readonly unit: number; readonly height: number }): ReactNode {
  return (
    <g>
      <line className={styles['axis']} x1={LABELS} x2={LABELS} y1={0} y2={height} />
      {[0, REPRESENTED_NORM, 1].map((value) => (
        <text key={value} className={styles['label']} x={LABELS + value * unit} y={height + 14} textAnchor="middle">
          {value}
        </text>
      ))}
      <line className={styles['guide']} x1={LABELS + unit} x2={LABELS + unit} y1={0} y2={height} />
    </g>
  );
}
