'use client';
/** A link's frames as the figures draw them: measured once, the end in the usual orientation and every frame turned to the next. */
import { useMemo } from 'react';
import type { Link } from '#lib/link/link';
import { openLink, type OpenedLink } from '#lib/link/open';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { CellView } from '../_figures/cell-view.ts';
import { chainToLast, measureFrame, viewsAt, type KeptViews } from '../_figures/formation.ts';

export interface LinkViews {
  readonly opened: OpenedLink;
  readonly kept: readonly KeptViews[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
}

export function useLinkViews(link: Link): LinkViews {
  return useMemo(() => {
    const opened = openLink(link);
    const frames = opened.timeline.entries.map(({ frame }) => measureFrame(frame, link.spec.model));
    const densities = Array.from(
      { length: cellCount(link.spec) },
      (_, cell) => cellParameters(link.spec, cell).density,
    );
    return { opened, kept: chainToLast(frames), densities };
  }, [link]);
}

/** [cells] at a step; where there are no frames, none. */
export const viewsAtStep = ({ kept }: LinkViews, step: number): readonly CellView[] => viewsAt(kept, step);
