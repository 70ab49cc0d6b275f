'use client';
/** What the loss is made of, feature by feature (paper, "Mathematical Understanding"): a stacked bar each, and what not storing it would cost. */
import { memo, type ReactNode } from 'react';
import type { LossAnatomy } from '#lib/measure/one-sparse';
import { Drawing } from './drawing.tsx';
import { Figure } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, highlightOf, type Highlight } from './highlight.ts';
import { formatShort } from './scales.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface AnatomyProps {
  readonly anatomy: LossAnatomy;
  /** Before a feature was moved by hand; null where none was. */
  readonly before: LossAnatomy | null;
  /** Of all patterns, where it is known. */
  readonly whole?: WholeLoss | null;
  readonly highlight: Highlight;
  readonly title?: ReactNode;
  readonly className?: string;
}

/** The loss that the bars are a part of: mean over features. */
export interface WholeLoss {
  /** Expected, without sampling. */
  readonly exact: number;
  /** Before a feature was moved by hand; null where none was. */
  readonly before: number | null;
  /** On the evaluation samples; null where it was not taken of these weights. */
  readonly sampled: number | null;
}

const PARTS = [
  { key: 'own', name: 'own error', colour: 'var(--anatomy-own)' },
  { key: 'interference', name: 'interference', colour: 'var(--anatomy-interference)' },
  { key: 'resting', name: 'at rest', colour: 'var(--anatomy-resting)' },
] as const;

export const Anatomy = memo(function Anatomy({ className = '', title = 'Loss anatomy', ...props }: AnatomyProps) {
  const { anatomy, before, whole = null, highlight } = props;
  return (
    <Figure
      className={className}
      testId="anatomy"
      title={title}
      name="Loss anatomy"
      legend={<Legend />}
      caption={`${wholeWords(whole)}${totalWords(anatomy, before)} A tick is what not storing the feature would cost: a shorter bar is its benefit.`}
      said={featureSaid(anatomy, highlight.active)}
      table={() => anatomyTable(anatomy)}
    >
      {(size) => <AnatomyDrawing {...props} size={size} />}
    </Figure>
  );
});

function Legend(): ReactNode {
  return (
    <span className={styles['keys']}>
      {PARTS.map(({ key, name, colour }) => (
        <span key={key}>
          <svg width={8} height={8} aria-hidden>
            <rect width={8} height={8} rx={2} style={{ fill: colour }} />
          </svg>
          <span>{name}</span>
        </span>
      ))}
    </span>
  );
}

const partsOf = ({ own, interference, resting }: LossAnatomy, feature: number): readonly number[] =>
  [own, interference, resting].map((part) => part[feature] ?? 0);

const totalOf = (anatomy: LossAnatomy, feature: number): number =>
  partsOf(anatomy, feature).reduce((sum, part) => sum + part, 0);

const wholeOf = (anatomy: LossAnatomy): number =>
  anatomy.own.reduce((sum, _, feature) => sum + totalOf(anatomy, feature), 0);

/** "Exact loss 0.01234 (+12%), sampled 0.0124. " */
function wholeWords(whole: WholeLoss | null): string {
  if (whole === null) return '';
  const { exact, before, sampled } = whole;
  const change = before === null ? '' : ` (${signed(100 * (exact / before - 1))}%)`;
  return `Exact loss ${fourDigits(exact)}${change}${sampled === null ? '' : `, sampled ${fourDigits(sampled)}`}. `;
}

const fourDigits = (value: number): string => String(Number(value.toPrecision(4)));

/** "At most one active: 0.00123 (+12%). Thomson energy 0.95." */
function totalWords(anatomy: LossAnatomy, before: LossAnatomy | null): string {
  const whole = wholeOf(anatomy);
  const change = before === null ? '' : ` (${signed(100 * (whole / wholeOf(before) - 1))}%)`;
  return `With at most one active: ${formatShort(whole)}${change}; Thomson energy ${formatShort(anatomy.thomson)}.`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`;

function featureSaid(anatomy: LossAnatomy, feature: number | null): string {
  if (feature === null || feature >= anatomy.own.length) return '';
  const parts = partsOf(anatomy, feature).map((part, k) => `${PARTS[k]?.name ?? ''} ${formatShort(part)}`);
  return `Feature ${feature + 1}: ${parts.join(', ')}; not stored ${formatShort(anatomy.absent[feature] ?? 0)}.`;
}

function anatomyTable(anatomy: LossAnatomy): FigureTable {
  const columns = ['feature', ...PARTS.map(({ name }) => name), 'not stored'];
  return {
    columns: columns.map((name) => ({ name, format: formatShort })),
    rows: Array.from(anatomy.absent, (absent, i) => [`feature ${i + 1}`, ...partsOf(anatomy, i), absent]),
  };
}

/** px of the row numbers, and of the axis below */
const LABELS = 18;
const AXIS = 18;
/** px: lower rows go without numbers */
const LABELLED_ROW = 11;

function AnatomyDrawing({ anatomy, before, highlight, size }: AnatomyProps & { readonly size: Size }): ReactNode {
  const n = anatomy.own.length;
  const height = size.height - AXIS;
  const row = height / Math.max(1, n);
  const most = Math.max(...anatomy.absent, ...anatomy.absent.map((_, i) => totalOf(anatomy, i)), 1e-12);
  const unit = (size.width - LABELS - 24) / most;
  return (
    <Drawing
      size={size}
      label={`Loss anatomy. ${totalWords(anatomy, before)} Arrow keys go through the features.`}
      onKeyDown={featureKeys(highlight, n)}
      onLeave={() => {
        highlight.onActive(null);
      }}
    >
      <line className={styles['axis']} x1={LABELS} x2={LABELS} y1={0} y2={height} />
      {[0, most / 2, most].map((value) => (
        <text key={value} className={styles['label']} x={LABELS + value * unit} y={height + 14} textAnchor="middle">
          {value === 0 ? '0' : value.toPrecision(2)}
        </text>
      ))}
      {Array.from({ length: n }, (_, feature) => (
        <Row
          key={feature}
          feature={feature}
          parts={partsOf(anatomy, feature)}
          absent={anatomy.absent[feature] ?? 0}
          before={before === null ? null : totalOf(before, feature)}
          unit={unit}
          row={row}
          width={size.width}
          highlight={highlight}
        />
      ))}
    </Drawing>
  );
}

interface RowProps {
  readonly feature: number;
  readonly parts: readonly number[];
  readonly absent: number;
  readonly before: number | null;
  readonly unit: number;
  readonly row: number;
  readonly width: number;
  readonly highlight: Highlight;
}

function Row({ feature, parts, absent, before, unit, row, width, highlight }: RowProps): ReactNode {
  const y = feature * row;
  const at = LABELS + absent * unit;
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, part) => sum + part, 0));
  return (
    <g
      className={styles['row']}
      {...highlightOf(highlight, feature)}
      data-feature={feature}
      onPointerEnter={() => {
        highlight.onActive(feature);
      }}
    >
      <rect x={0} y={y} width={width} height={row} fill="transparent" />
      {row >= LABELLED_ROW ? (
        <text className={styles['label']} x={LABELS - 8} y={y + row / 2} textAnchor="end" dominantBaseline="central">
          {feature + 1}
        </text>
      ) : null}
      {parts.map((part, k) => (
        <rect
          key={k}
          x={LABELS + (starts[k] ?? 0) * unit}
          y={y + row * 0.22}
          width={Math.max(0, part * unit)}
          height={row * 0.56}
          style={{ fill: PARTS[k]?.colour }}
        />
      ))}
      <line className={styles['tick']} x1={at} x2={at} y1={y + row * 0.1} y2={y + row * 0.9} />
      {before === null ? null : (
        <line
          className={styles['before']}
          x1={LABELS + before * unit}
          x2={LABELS + before * unit}
          y1={y + row * 0.14}
          y2={y + row * 0.86}
        />
      )}
    </g>
  );
}
