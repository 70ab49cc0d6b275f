/** Anchors in words: what a note speaks of, where and when. Features are counted from 1, as everywhere that people read. */
import type { Anchor, AnchorFigure, Quote, Target } from '#lib/room/anchor';
import { definitionOf, isParameterKey } from '#lib/spec/parameters';
import { AXES } from '#lib/spec/spec';
import { formatCount, formatDensity, formatShort } from '../_figures/scales.ts';

const FIGURES: Readonly<Record<AnchorFigure, string>> = {
  strip: 'the strip',
  map: 'the diagram',
  directions: 'the directions',
  gram: 'WᵀW',
  norms: 'the norms',
  loss: 'the loss',
  timeline: 'the timeline',
  parameters: 'the parameters',
};

/** "Feature 3", "Features 2 and 4", "Step 400" */
export function targetWords(target: Target, { figure, step }: Pick<Anchor, 'figure' | 'step'>): string {
  switch (target.kind) {
    case 'feature':
      return `Feature ${target.feature + 1}`;
    case 'pair':
      return `Features ${target.features[0] + 1} and ${target.features[1] + 1}`;
    case 'cell':
      if (figure === 'map') return 'The cell';
      return figure === 'directions' || figure === 'strip' ? 'The model' : `All of ${FIGURES[figure]}`;
    case 'region':
      return `A region of ${FIGURES[figure]}`;
    case 'axis':
      return `The ${target.axis} axis of ${FIGURES[figure]}`;
    case 'step':
      return `Step ${formatCount(step ?? 0)}`;
    case 'parameter':
      return isParameterKey(target.parameter) ? definitionOf(target.parameter).label : 'A parameter';
  }
}

/** "S 0.90 · step 400", "r 0.316 · S 0.90" */
export function whereWords({ target, figure, density, axes = {}, step }: Anchor): string {
  if (target.kind === 'parameter') return '';
  // What speaks of a region or an axis of a diagram speaks of no cell.
  if (figure === 'map' && target.kind !== 'cell') return '';
  const others = AXES.flatMap((over) => {
    const value = axes[over];
    return over === 'density' || value === undefined ? [] : [`${AXIS_LETTERS[over]} ${formatShort(value)}`];
  });
  const model = [...others, `S ${formatDensity(density).S}`].join(' · ');
  return step === null || target.kind === 'step' ? model : `${model} · step ${formatCount(step)}`;
}

const AXIS_LETTERS: Readonly<Record<(typeof AXES)[number], string>> = {
  density: 'p',
  relativeDensity: 'p₁/p',
  relativeImportance: 'r',
  examples: 'T',
};

/** "‖W‖ 1.07" */
export const quoteWords = ({ label, value }: Quote): string =>
  `${label} ${typeof value === 'number' ? formatShort(value) : value}`;
