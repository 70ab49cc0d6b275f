'use client';
/** What lies over a figure, at its size: the notes that are pinned to it, and who points at it. */
import { useMemo, type ReactNode } from 'react';
import type { LookFigure } from '#lib/room/company';
import { Pins } from '../_annotations/pins.tsx';
import type { CellView } from '../_figures/cell-view.ts';
import { directionsPlaces } from '../_figures/directions.tsx';
import type { Overlay } from '../_figures/figure.tsx';
import { gramPlaces } from '../_figures/gram.tsx';
import { normsPlaces } from '../_figures/norms.tsx';
import type { Places } from '../_figures/spot.ts';
import type { Size } from '../_figures/use-size.ts';
import { Cursors } from '../_people/cursors.tsx';

interface OverProps {
  readonly figure: LookFigure;
  readonly places: Places;
  readonly cell: number;
  readonly size: Size;
}

export const Over = (props: OverProps): ReactNode => (
  <>
    <Pins {...props} />
    <Cursors {...props} />
  </>
);

/** Over each figure of a model. */
export function useOverlays(view: CellView, cell: number): Readonly<Record<'directions' | 'gram' | 'norms', Overlay>> {
  return useMemo(
    () => ({
      directions: (size) => <Over figure="directions" places={directionsPlaces(view, size)} cell={cell} size={size} />,
      gram: (size) => <Over figure="gram" places={gramPlaces(view, size)} cell={cell} size={size} />,
      norms: (size) => <Over figure="norms" places={normsPlaces(view, size)} cell={cell} size={size} />,
    }),
    [view, cell],
  );
}
