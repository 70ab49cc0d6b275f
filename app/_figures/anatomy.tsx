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
      caption={`${wholeWords(whole)}${totalWords(anatomy, before)} ${scaleWords(anatomy)}`}
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

/** What storing it saves. */
const benefitOf = (anatomy: LossAnatomy, feature: number): number =>
  (anatomy.absent[feature] ?? 0) - totalOf(anatomy, feature);

const wholeOf = (anatomy: LossAnatomy): number =>
  anatomy.own.reduce((sum, _, feature) => sum + totalOf(anatomy, feature), 0);

/** "Exact loss 0.01234 (+12%), sampled 0.0124. " */
function wholeWords(whole: WholeLoss | null): string {
  if (whole === null) return '';
  const { exact, before, sampled } = whole;
  const change = before === null ? '' : ` (${signed(100 * (exact / before - 1))}%)`;
  return `Exact loss ${fourDigits(exact)}${change}${sampled === null ? '' : `, sampled ${fourDigits(sampled)}`}. `;
}

/** "Right, 31 × coarser: the cost if not stored; what is pale is the benefit." */
const scaleWords = (anatomy: LossAnatomy): string =>
  `Right${coarserWords(anatomy)}: the cost if not stored; what is pale is the benefit.`;

function coarserWords(anatomy: LossAnatomy): string {
  const factor = mostAbsent(anatomy) / mostLost(anatomy);
  return factor < 1.05 ? '' : `, ${Number(factor.toPrecision(2)).toLocaleString('en-US')} × coarser`;
}

/** The ends of the two scales. */
const mostLost = (anatomy: LossAnatomy): number =>
  Math.max(...anatomy.own.map((_, feature) => totalOf(anatomy, feature)), 1e-12);
const mostAbsent = (anatomy: LossAnatomy): number => Math.max(...anatomy.absent, mostLost(anatomy));

const fourDigits = (value: number): string => String(Number(value.toPrecision(4)));

/** "At most one active: 0.00123 (+12%). Thomson energy 0.95." */
function totalWords(anatomy: LossAnatomy, before: LossAnatomy | null): string {
  const whole = wholeOf(anatomy);
  const change = before === null ? '' : ` (${signed(100 * (whole / wholeOf(before) - 1))}%)`;
  return `At most one active: ${formatShort(whole)}${change}; Thomson energy ${formatShort(anatomy.thomson)}.`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`;

function featureSaid(anatomy: LossAnatomy, feature: number | null): string {
  if (feature === null || feature >= anatomy.own.length) return '';
  const parts = partsOf(anatomy, feature).map((part, k) => `${PARTS[k]?.name ?? ''} ${formatShort(part)}`);
  return `Feature ${feature + 1}: ${parts.join(', ')}; not stored ${formatShort(anatomy.absent[feature] ?? 0)}, benefit ${formatShort(benefitOf(anatomy, feature))}.`;
}

function anatomyTable(anatomy: LossAnatomy): FigureTable {
  const columns = ['feature', ...PARTS.map(({ name }) => name), 'not stored', 'benefit'];
  return {
    columns: columns.map((name) => ({ name, format: formatShort })),
    rows: Array.from(anatomy.absent, (absent, i) => [
      `feature ${i + 1}`,
      ...partsOf(anatomy, i),
      absent,
      benefitOf(anatomy, i),
    ]),
  };
}

/** px of the row numbers, of the axis below, and between the two scales */
const LABELS = 22;
const AXIS = 18;
const GAP = 32;
/** Of the width that the parts have; the rest is for the whole. */
const PARTS_SHARE = 0.64;
/** px: lower rows go without numbers */
const LABELLED_ROW = 11;

/** From 0 at `from`, px, to `most` at `to`. */
interface Scale {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

const placeOn = ({ from, to, most }: Scale, value: number): number => from + (to - from) * Math.min(1, value / most);

function AnatomyDrawing({ anatomy, before, highlight, size }: AnatomyProps & { readonly size: Size }): ReactNode {
  const n = anatomy.own.length;
  const height = size.height - AXIS;
  const row = height / Math.max(1, n);
  const width = size.width - LABELS - GAP - 12;
  const middle = LABELS + width * PARTS_SHARE;
  const most = Math.max(mostLost(anatomy), before === null ? 0 : mostLost(before));
  const fine: Scale = { from: LABELS, to: middle, most };
  const coarse: Scale = { from: middle + GAP, to: size.width - 12, most: mostAbsent(anatomy) };
  return (
    <Drawing
      size={size}
      label={`Loss anatomy. ${totalWords(anatomy, before)} Arrow keys go through the features.`}
      onKeyDown={featureKeys(highlight, n)}
      onLeave={() => {
        highlight.onActive(null);
      }}
    >
      <Axis scale={fine} height={height} words="lost" />
      <Axis scale={coarse} height={height} words="if not stored" />
      {Array.from({ length: n }, (_, feature) => (
        <Row
          key={feature}
          feature={feature}
          parts={partsOf(anatomy, feature)}
          absent={anatomy.absent[feature] ?? 0}
          before={before === null ? null : totalOf(before, feature)}
          fine={fine}
          coarse={coarse}
          row={row}
          width={size.width}
          highlight={highlight}
        />
      ))}
    </Drawing>
  );
}

/** px: on a shorter one the words would meet the numbers */
const WORDED_AXIS = 170;
const BOTH_ENDS = 70;

interface AxisProps {
  readonly scale: Scale;
  readonly height: number;
  readonly words: string;
}

function Axis({ scale, height, words }: AxisProps): ReactNode {
  const { from, to, most } = scale;
  return (
    <g>
      <line className={styles['axis']} x1={from} x2={from} y1={0} y2={height} />
      {to - from < BOTH_ENDS ? null : (
        <text className={styles['label']} x={from} y={height + 14} textAnchor="middle">
          0
        </text>
      )}
      <text className={styles['label']} x={to} y={height + 14} textAnchor="end">
        {formatShort(most)}
      </text>
      {to - from < WORDED_AXIS ? null : (
        <text className={styles['label']} x={(from + to) / 2} y={height + 14} textAnchor="middle">
          {words}
        </text>
      )}
    </g>
  );
}

interface RowProps {
  readonly feature: number;
  readonly parts: readonly number[];
  readonly absent: number;
  readonly before: number | null;
  readonly fine: Scale;
  readonly coarse: Scale;
  readonly row: number;
  readonly width: number;
  readonly highlight: Highlight;
}

function Row({ feature, parts, absent, before, fine, coarse, row, width, highlight }: RowProps): ReactNode {
  const y = feature * row;
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, part) => sum + part, 0));
  const lost = parts.reduce((sum, part) => sum + part, 0);
  const bar = { y: y + row * 0.22, height: row * 0.56 };
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
        <text className={styles['label']} x={LABELS - 6} y={y + row / 2} textAnchor="end" dominantBaseline="central">
          {feature + 1}
        </text>
      ) : null}
      {parts.map((part, k) => {
        const from = placeOn(fine, starts[k] ?? 0);
        const to = placeOn(fine, (starts[k] ?? 0) + part);
        return <rect key={k} {...bar} x={from} width={Math.max(0, to - from)} style={{ fill: PARTS[k]?.colour }} />;
      })}
      {before === null ? null : (
        <line
          className={styles['before']}
          x1={placeOn(fine, before)}
          x2={placeOn(fine, before)}
          y1={y + row * 0.14}
          y2={y + row * 0.86}
        />
      )}
      <rect {...bar} className={styles['absent']} x={coarse.from} width={placeOn(coarse, absent) - coarse.from} />
      <rect {...bar} className={styles['lost']} x={coarse.from} width={placeOn(coarse, lost) - coarse.from} />
    </g>
  );
}
