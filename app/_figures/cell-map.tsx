'use client';
/** A sweep's cells as a map: of each the best model's norm and superposition of one feature. Filled in tile by tile, as they are trained. */
import { memo, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { at } from '#lib/base/matrix';
import { REPRESENTED_NORM } from '#lib/measure/norms';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { axisLength, cellCount, cellParameters, valueAt } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';
import { Figure } from './figure.tsx';
import styles from './figure.module.css';
import { Ramp } from './ramp.tsx';
import { formatCount, formatShort, superpositionColour } from './scales.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

interface CellMapProps {
  readonly spec: RunSpec;
  readonly map: SweepMap;
  /** Whose norm and superposition are shown. */
  readonly feature: number;
  readonly className?: string;
}

export const CellMap = memo(function CellMap({ spec, map, feature, className = '' }: CellMapProps): ReactNode {
  const [cells, done] = [cellCount(spec), map.done.reduce((sum, each) => sum + each, 0)];
  return (
    <Figure
      className={className}
      testId="cell-map"
      title={`Feature ${String(feature + 1)} in ${formatCount(cells)} cells`}
      name="Cells of a sweep"
      legend={<Ramp words="superposition" from={0} to={1} colour={superpositionColour} />}
      caption="Grey: not stored. A colour: stored, the yellower the more its direction is shared. Pale: still being trained."
      said={`${formatCount(done)} of ${formatCount(cells)} cells are trained.`}
      table={() => tableOf(spec, map, feature)}
    >
      {(size) => <MapDrawing spec={spec} map={map} feature={feature} size={size} done={done} />}
    </Figure>
  );
});

function tableOf(spec: RunSpec, map: SweepMap, feature: number): FigureTable {
  const { n } = spec.model;
  const finite = spec.data.kind === 'finite';
  const rows = Array.from(map.done.keys())
    .filter((cell) => map.done[cell] === 1)
    .map((cell) => {
      const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
      const index = cell * n + feature;
      const measures = [at(map.norm, index), at(map.superposition, index), at(map.loss, cell)];
      const parameters = [density, relativeDensity, relativeImportance, ...(finite ? [examples] : [])];
      return [`cell ${String(cell)}`, ...parameters, ...measures];
    });
  const columns = ['p', 'p₁ / p', 'importance', ...(finite ? ['examples'] : []), '‖W‖', 'superposition', 'loss'];
  return { columns: [{ name: 'cell' }, ...columns.map((name) => ({ name, format: formatShort }))], rows };
}

/** Columns along the last axis, the rows along all before. */
const widthOf = ({ axes }: RunSpec): number => {
  const last = axes.at(-1);
  return last === undefined ? 1 : axisLength(last);
};

/** px below the map, for the axes in words */
const WORDS = 20;

function MapDrawing({ spec, map, feature, size, done }: CellMapProps & { readonly size: Size; readonly done: number }) {
  const colours = useColours();
  const picture = useMemo(() => pictureOf(spec, map, feature, colours), [spec, map, feature, colours]);
  const { width, height } = size;
  const along = spec.axes.map(towards);
  const words = `${along.at(-1) ?? ''} to the right${along.length > 1 ? `, ${along.slice(0, -1).join(' and ')} downwards` : ''}`;
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={`Map of the sweep: ${words}. ${formatCount(done)} cells are trained.`}
    >
      <image
        href={picture}
        width={width}
        height={height - WORDS}
        preserveAspectRatio="none"
        style={{ imageRendering: 'pixelated' }}
      />
      <rect width={width} height={height - WORDS} fill="none" style={{ stroke: 'var(--hairline)' }} />
      <text className={styles['label']} x={0} y={height - 4}>
        {words}
      </text>
    </svg>
  );
}

/** As an axis's values grow, and as they fall. */
const NAMES = {
  density: ['denser', 'sparser'],
  relativeDensity: ['the first feature denser', 'the first feature sparser'],
  relativeImportance: ['the last feature more important', 'the last feature less important'],
  examples: ['more examples', 'fewer examples'],
} as const;

const towards = (axis: Axis): string => {
  const [first, last] = [valueAt(axis.values, 0), valueAt(axis.values, axisLength(axis) - 1)];
  const [growing, falling] = NAMES[axis.over];
  return last > first ? growing : falling;
};

/** Opacity, of 255, of a cell whose tile is still being trained. */
const PALE = 110;

const SHADES = 64;

/** Of a cell that is not stored, then of the shades: made once for each theme, and not for each frame. */
function useColours(): readonly string[] {
  const ink = useSyncExternalStore(onTheme, inkNow, () => '');
  return useMemo(
    () =>
      ink === ''
        ? []
        : resolved([
            'var(--gram-zero)',
            ...Array.from({ length: SHADES + 1 }, (_, shade) => superpositionColour(shade / SHADES)),
          ]),
    [ink],
  );
}

/** Another in each theme. */
const inkNow = (): string => getComputedStyle(document.body).color;

/** The system's theme, or a reader's choice. */
function onTheme(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(changed);
  system.addEventListener('change', changed);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  };
}

/** Colours as a canvas takes them: it knows no variables of a page's style. */
function resolved(colours: readonly string[]): readonly string[] {
  const probe = document.body.appendChild(document.createElement('span'));
  const found = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}

/** A pixel for each cell, as a data URL. */
function pictureOf(
  spec: RunSpec,
  { norm, superposition, done }: SweepMap,
  feature: number,
  [unstored = '', ...shades]: readonly string[],
): string {
  const { n } = spec.model;
  const width = widthOf(spec);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, cellCount(spec) / width];
  const context = canvas.getContext('2d');
  if (context === null) return '';
  for (let cell = 0; cell < done.length; cell++) {
    const [length, shared] = [at(norm, cell * n + feature), Math.min(1, at(superposition, cell * n + feature))];
    if (Number.isNaN(length)) continue;
    context.globalAlpha = done[cell] === 1 ? 1 : PALE / 255;
    context.fillStyle = (length > REPRESENTED_NORM ? shades[Math.round(shared * SHADES)] : unstored) ?? unstored;
    context.fillRect(cell % width, Math.floor(cell / width), 1, 1);
  }
  return canvas.toDataURL();
}
