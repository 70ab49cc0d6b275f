'use client';
/** A link's phase diagram in place of the strip: more models than are looked through one by one. */
import { useMemo, type ReactNode } from 'react';
import type { Link } from '#lib/link/link';
import { bestReplicas } from '#lib/runs/best';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { CellMap } from '../_figures/cell-map.tsx';
import type { CellView } from '../_figures/cell-view.ts';
import type { Overlay } from '../_figures/figure.tsx';
import { isMap } from '../_figures/is-map.ts';
import type { LinkViews } from './use-link-views.ts';
import styles from './viewer.module.css';

interface LinkMapProps {
  readonly spec: RunSpec;
  readonly map: SweepMap;
  readonly chosen: number;
  readonly onChoose: (cell: number) => void;
  /** Its notes' pins. */
  readonly overlay: Overlay | undefined;
}

export function LinkMap({ spec, map, chosen, onChoose, overlay }: LinkMapProps): ReactNode {
  return (
    <CellMap
      className={styles['map'] ?? ''}
      spec={spec}
      map={map}
      feature={spec.model.n - 1}
      chosen={chosen}
      onChoose={onChoose}
      ideal
      pale={false}
      overlay={overlay}
    />
  );
}

interface MapMoment {
  /** [I] of the end; null where a model diverged. */
  readonly evaluationLoss: readonly (number | null)[];
  /** The step shown is the last. */
  readonly ended: boolean;
}

/** `views` [cells] at the step shown; null where a link is shown as no map. */
export function useLinkMap(
  { spec, result }: Link,
  { sweep }: LinkViews,
  views: readonly CellView[],
  ended: boolean,
): SweepMap | null {
  const { evaluationLoss } = result;
  return useMemo(
    () => sweep ?? (isMap(spec) ? mapOf(spec, views, { evaluationLoss, ended }) : null),
    [sweep, spec, views, evaluationLoss, ended],
  );
}

/** Losses are of the end alone. */
export function mapOf(
  spec: RunSpec,
  views: readonly CellView[],
  { evaluationLoss: losses, ended }: MapMoment,
): SweepMap {
  const best = bestReplicas(
    losses.map((loss) => loss ?? Number.NaN),
    spec.replicas,
  );
  return {
    norm: Float32Array.from(views.flatMap(({ norms }) => norms)),
    superposition: Float32Array.from(views.flatMap(({ superposition }) => superposition)),
    loss: Float32Array.from(best, ({ evaluationLoss }) => (ended ? evaluationLoss : Number.NaN)),
    replica: Float32Array.from(best, ({ replica }) => replica),
    done: new Uint8Array(cellCount(spec)).fill(1),
  };
}
