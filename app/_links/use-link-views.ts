'use client';
/** A link's frames as the figures draw them: measured once, the end in the usual orientation and every frame turned to the next. */
import { useMemo } from 'react';
import type { Link } from '#lib/link/link';
import { openLink, type OpenedLink } from '#lib/link/open';
import { mapOfSweep } from '#lib/link/sweep';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { isSweep } from '#lib/spec/tiles';
import type { CellView } from '../_figures/cell-view.ts';
import { chainToLast, measureFrame, viewsAt, type KeptViews } from '../_figures/formation.ts';
import { viewOfTile } from '../_figures/tile-view.ts';

export interface LinkViews {
  readonly opened: OpenedLink;
  /** Of a sweep none. */
  readonly kept: readonly KeptViews[];
  /** A sweep's diagram; null of any other run. */
  readonly sweep: SweepMap | null;
  /** The model of a cell at the end; null while it has not arrived. */
  readonly endOf: (cell: number) => CellView | null;
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
}

export function useLinkViews(link: Link): LinkViews {
  return useMemo(() => {
    const opened = openLink(link);
    const { model } = link.spec;
    const frames = opened.timeline.entries.map(({ frame }) => frame);
    const densities = Array.from(
      { length: cellCount(link.spec) },
      (_, cell) => cellParameters(link.spec, cell).density,
    );
    if (isSweep(link.spec)) {
      const endOf = (cell: number): CellView | null => viewOfTile(frames, cell, model);
      return { opened, kept: [], sweep: mapOfSweep(link, frames), endOf, densities };
    }
    const kept = chainToLast(frames.map((frame) => measureFrame(frame, model)));
    return { opened, kept, sweep: null, endOf: (cell) => kept.at(-1)?.views[cell] ?? null, densities };
  }, [link]);
}

/** [cells] at a step; where there are no frames, none. */
export const viewsAtStep = ({ kept }: LinkViews, step: number): readonly CellView[] => viewsAt(kept, step);
