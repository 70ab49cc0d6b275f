'use client';
import { useState, type CSSProperties, type ReactNode } from 'react';
import { cellParameters, importances } from '#lib/spec/cells';
import { Anatomy } from '../_figures/anatomy.tsx';
import { anatomyOf } from '../_figures/by-hand.ts';
import { emptyView, type CellView } from '../_figures/cell-view.ts';
import { Columns } from '../_figures/columns.tsx';
import { Curves } from '../_figures/curves.tsx';
import { Directions } from '../_figures/directions.tsx';
import { chainToLast, createMeasure } from '../_figures/formation.ts';
import { Gram } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { Intervals } from '../_figures/intervals.tsx';
import { Loss } from '../_figures/loss.tsx';
import { Norms } from '../_figures/norms.tsx';
import { linearView } from '../_figures/starting.ts';
import { Strip } from '../_figures/strip.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import { frozenCurves, frozenQuantities } from './frozen-claims.ts';
import { frozenMetrics, frozenSpec, frozenTimeline } from './frozen.ts';
import styles from './gallery.module.css';

/** px: a phone's, beside a call, at a desk, on a projector */
const SIZES = [160, 240, 360, 520] as const;

const DENSITIES = Array.from({ length: 10 }, (_, cell) => cellParameters(frozenSpec, cell).density);
const LINEAR = DENSITIES.map((_, cell) => linearView(frozenSpec, cell));
const METRICS = frozenMetrics();

export function GalleryFigures(): ReactNode {
  const [active, setActive] = useState<number | null>(null);
  const [cell, setCell] = useState(7);
  const [views] = useState(frozenViews);
  const view = views[cell] ?? emptyView(5);
  const highlight: Highlight = { active, onActive: setActive };
  const density = DENSITIES[cell] ?? 1;
  const square = styles['square'] ?? '';
  return (
    <>
      <ThemeButton />
      <div className={styles['wide']}>
        <Strip views={views} densities={DENSITIES} chosen={cell} onChoose={setCell} />
      </div>
      <div className={styles['wide']}>
        <Columns views={views} densities={DENSITIES} linear={LINEAR[cell] ?? view} chosen={cell} onChoose={setCell} />
      </div>
      <div className={styles['wide']}>
        <div className={styles['claims']}>
          <Curves name="Frozen curves" curves={frozenCurves} mark={0.2249} className={styles['half'] ?? ''} />
          <Intervals name="Frozen quantities" quantities={frozenQuantities} className={styles['half'] ?? ''} />
        </div>
      </div>
      {SIZES.map((size) => (
        <div
          key={size}
          className={styles['row']}
          style={{ '--size': `${size}px` } as CSSProperties}
          data-testid={`row-${size}`}
        >
          <Directions view={view} highlight={highlight} title="Feature directions" className={square} />
          <Gram view={view} highlight={highlight} className={square} />
          <Norms view={view} highlight={highlight} className={square} />
          <Loss
            points={METRICS}
            densities={DENSITIES}
            chosen={cell}
            steps={frozenSpec.steps}
            shown={400}
            className={square}
          />
          <Anatomy
            anatomy={anatomyOf(view, { output: 'relu', density, importance: importances(frozenSpec) })}
            before={null}
            highlight={highlight}
            className={square}
          />
        </div>
      ))}
    </>
  );
}

function frozenViews(): readonly CellView[] {
  const measure = createMeasure();
  const frames = frozenTimeline(1).entries.map(({ frame }) => measure(frame, frozenSpec.model));
  return chainToLast(frames).at(-1)?.views ?? [];
}
