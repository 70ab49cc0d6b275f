'use client';
/** A run as a small drawing: the directions of one of its models, as it ended. */
import { memo, useMemo, type ReactNode } from 'react';
import type { Frame } from '#lib/runs/frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { Hull, planeOf, pointOf } from '../_figures/arrows.tsx';
import { featureCount, type CellView } from '../_figures/cell-view.ts';
import { chainToLast, measureFrame } from '../_figures/formation.ts';
import { featureColour } from '../_figures/scales.ts';
import styles from './runs.module.css';

/** px */
const SIDE = 56;
const PAD = 5;

/** The density at which the paper's own figure shows a pentagon. */
const SHOWN_DENSITY = 0.1;

interface ThumbnailProps {
  readonly spec: RunSpec;
  /** W [cells, n, m], of one cell where all would have been too much; null: not known. */
  readonly picture: Frame | null;
}

export const Thumbnail = memo(function Thumbnail({ spec, picture }: ThumbnailProps): ReactNode {
  const view = useMemo(() => viewOf(spec, picture), [spec, picture]);
  const [x, y] = [SIDE / 2, SIDE / 2];
  return (
    <svg className={styles['thumbnail']} width={SIDE} height={SIDE} viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden>
      <line x1={PAD} x2={SIDE - PAD} y1={y} y2={y} />
      <line x1={x} x2={x} y1={PAD} y2={SIDE - PAD} />
      {view === null ? null : <Small view={view} />}
    </svg>
  );
});

function Small({ view }: { readonly view: CellView }): ReactNode {
  const plane = planeOf(view, SIDE, SIDE, PAD);
  const n = featureCount(view);
  return (
    <>
      <Hull view={view} plane={plane} className={styles['hull']} />
      {Array.from({ length: n }, (_, i) => n - 1 - i).map((feature) => {
        const { x, y } = pointOf(view, feature);
        const colour = featureColour(feature, n);
        return (
          <g key={feature}>
            <line x1={plane.x(0)} y1={plane.y(0)} x2={plane.x(x)} y2={plane.y(y)} style={{ stroke: colour }} />
            <circle cx={plane.x(x)} cy={plane.y(y)} r={2.2} style={{ fill: colour }} />
          </g>
        );
      })}
    </>
  );
}

function viewOf(spec: RunSpec, picture: Frame | null): CellView | null {
  if (picture === null || picture.tensors.length === 0) return null;
  const views = chainToLast([measureFrame(picture, spec.model)]).at(-1)?.views ?? [];
  return views[Math.min(cellNear(spec), views.length - 1)] ?? null;
}

function cellNear(spec: RunSpec): number {
  const far = (cell: number): number => Math.abs(Math.log(cellParameters(spec, cell).density / SHOWN_DENSITY));
  return Array.from({ length: cellCount(spec) }, (_, cell) => cell).reduce(
    (nearest, cell) => (far(cell) < far(nearest) ? cell : nearest),
    0,
  );
}
