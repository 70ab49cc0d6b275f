'use client';
/**
 * A phase diagram: of each cell of two axes the best model's norm and superposition of one feature, a pixel. It fills in as the cells
 * are trained, side by side or tile by tile. One cell is chosen, by a press or with the arrow keys, and shown beside it.
 */
import { memo, useMemo, useState, type ReactNode } from 'react';
import { at } from '#lib/base/matrix';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import styles from './cell-map.module.css';
import { cellWords, gridOf, phaseWords, type Grid } from './cell-words.ts';
import { Figure, type Overlay } from './figure.tsx';
import { MapDrawing, type DrawnMap } from './map-drawing.tsx';
import { frameOf, placeOfCell } from './map-places.ts';
import { PhaseLegend } from './phase-legend.tsx';
import { formatCount, formatShort, formatWeight } from './scales.ts';
import type { FigureTable } from './table.ts';
import { usePhaseColours } from './use-phase-colours.ts';
import type { Size } from './use-size.ts';

interface CellMapProps extends DrawnMap {
  /** The best model of each cell is shown, and not the first one; true unless told otherwise. */
  readonly best?: boolean;
  /** Cells; those of the map that are done unless told otherwise. */
  readonly trained?: number;
  /** Over the cells: who else looks at one, and what is said of it. */
  readonly overlay?: Overlay | undefined;
  readonly className?: string;
}

export const CellMap = memo(function CellMap(props: CellMapProps): ReactNode {
  const { spec, map, feature, chosen, pale, best = true, trained, overlay, className = '' } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const colours = usePhaseColours();
  const [cells, done] = [cellCount(spec), trained ?? map.done.reduce((sum, each) => sum + each, 0)];
  const grid = useMemo(() => gridOf(spec), [spec]);
  return (
    <Figure
      className={className}
      testId="cell-map"
      title={<>Feature {feature + 1}</>}
      name="Phase diagram"
      legend={<PhaseLegend colours={colours} />}
      caption={`${best ? 'The best' : 'One'} model of each cell. Grey: feature ${String(feature + 1)} is not stored. Blue: it has a direction for itself. Red: it shares one.${pale && done < cells ? ' Pale: still being trained.' : ''}`}
      said={`${cellWords(spec, chosen)}. ${phaseWords(spec, map, feature, chosen)}. ${formatCount(done)} of ${formatCount(cells)} cells are trained.`}
      table={(most) => tableOf(spec, map, feature, most)}
      overlay={(size) => (
        <>
          {overlay?.(size)}
          {hovered === null ? null : <Tip {...props} cell={hovered} size={size} grid={grid} />}
        </>
      )}
    >
      {(size) => (
        <MapDrawing {...props} size={size} grid={grid} colours={colours} hovered={hovered} onHover={setHovered} />
      )}
    </Figure>
  );
});

function tableOf(spec: RunSpec, map: SweepMap, feature: number, most = Infinity): FigureTable {
  const { n } = spec.model;
  const finite = spec.data.kind === 'finite';
  const trained = Array.from(map.done.keys()).filter((cell) => map.done[cell] === 1);
  const rows = trained.slice(0, most).map((cell) => {
    const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
    const index = cell * n + feature;
    const measures = [at(map.norm, index), at(map.superposition, index), at(map.loss, cell)];
    const parameters = [density, relativeDensity, relativeImportance, ...(finite ? [examples] : [])];
    return [`cell ${String(cell)}`, ...parameters, ...measures];
  });
  const columns = ['p', 'p₁ / p', 'importance', ...(finite ? ['examples'] : []), '‖W‖', 'superposition', 'loss'];
  return {
    columns: [{ name: 'cell' }, ...columns.map((name) => ({ name, format: formatShort }))],
    rows,
    count: trained.length,
  };
}

interface TipProps extends Pick<DrawnMap, 'spec' | 'map' | 'feature'> {
  readonly cell: number;
  readonly grid: Grid;
  readonly size: Size;
}

/** px */
const TIP_WIDTH = 232;

function Tip({ spec, map, feature, cell, grid, size }: TipProps): ReactNode {
  const frame = frameOf(size, grid);
  const { x, y } = placeOfCell(frame, grid, cell);
  const index = cell * spec.model.n + feature;
  const [norm, shared, loss, replica] = [map.norm[index], map.superposition[index], map.loss[cell], map.replica[cell]];
  const isKnown = norm !== undefined && !Number.isNaN(norm);
  const across = x + 14 + TIP_WIDTH > size.width ? Math.max(0, x - 14 - TIP_WIDTH) : x + 14;
  return (
    <div
      className={styles['tip']}
      style={{ left: across, top: y, width: TIP_WIDTH, translate: y > size.height / 2 ? '0 -100%' : '0 0' }}
      data-testid="cell-tip"
    >
      <strong>{cellWords(spec, cell)}</strong>
      <span>{phaseWords(spec, map, feature, cell)}</span>
      {isKnown ? (
        <span>
          ‖W{subscript(feature + 1)}‖ = {formatWeight(norm)} · superposition {formatWeight(shared ?? NaN)}
        </span>
      ) : null}
      {loss === undefined || Number.isNaN(loss) ? null : (
        <span>
          loss {formatShort(loss)} · model {(replica ?? 0) + 1} of {spec.replicas}
        </span>
      )}
    </div>
  );
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
const subscript = (n: number): string => Array.from(String(n), (digit) => SUBSCRIPTS[Number(digit)]).join('');
