'use client';
/** Others' cursors over a figure, and one's own on its way to them: in the units of the figure's axes, never in pixels. */
import { useEffect, useMemo, useRef, type CSSProperties, type ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { RunId } from '#lib/base/id';
import type { LookFigure } from '#lib/room/company';
import { PERSON_COLOURS, type Person } from '#lib/room/person';
import type { Pixel, Places } from '../_figures/spot.ts';
import { useSize, type Size } from '../_figures/use-size.ts';
import { cursorsOn, type LiveCursor } from '../_session/company.ts';
import { useCompany, useCompanyActions, useIsRoom, useRoom } from '../_session/react.tsx';
import styles from './cursors.module.css';

interface CursorsProps {
  readonly figure: LookFigure;
  readonly places: Plane;
  readonly cell: number;
  readonly size: Size;
  /** That the figure shows, where its axes are that run's own. */
  readonly run?: RunId | null;
}

/** In a try of one's own nobody sees where one points, and nobody else's cursor means anything. */
export function Cursors(props: CursorsProps): ReactNode {
  return useIsRoom() ? <LiveCursors {...props} /> : null;
}

function LiveCursors({ figure, places, cell, size, run }: CursorsProps): ReactNode {
  const layer = useOwnCursor(figure, places, cell);
  const cursors = useCompany(useShallow((state) => cursorsOn(state, figure, run)));
  return (
    <div ref={layer} className={styles['layer']} aria-hidden>
      <Pointers cursors={cursors} places={places} size={size} />
    </div>
  );
}

interface PointersProps extends Pick<CursorsProps, 'places' | 'size'> {
  readonly cursors: readonly LiveCursor[];
}

function Pointers({ cursors, places, size }: PointersProps): ReactNode {
  const people = useRoom((state) => state.people);
  return cursors.map((cursor) => {
    const person = people.find(({ id }) => id === cursor.person);
    if (cursor.at === null || person === undefined) return null;
    return <Pointer key={cursor.person} person={person} at={within(places.pixel(cursor.at), size)} cursor={cursor} />;
  });
}

interface BoxCursorsProps {
  readonly figure: LookFigure;
  readonly cell: number;
  /** In a box of that size. */
  readonly places: (size: Size) => Plane;
  /** Only those that point at this cell: where each model has a box of its own. */
  readonly ofCell?: boolean;
}

/** In any box: the element around it is pointed at. */
export function BoxCursors(props: BoxCursorsProps): ReactNode {
  return useIsRoom() ? <LiveBoxCursors {...props} /> : null;
}

function LiveBoxCursors({ figure, cell, places, ofCell = false }: BoxCursorsProps): ReactNode {
  const [measured, size] = useSize();
  const plane = useMemo(() => (size === null ? null : places(size)), [places, size]);
  const layer = useOwnCursor(figure, plane, cell);
  const cursors = useCompany(
    useShallow(({ cursors }) =>
      [...cursors.values()].filter((each) => each.figure === figure && (!ofCell || each.cell === cell)),
    ),
  );
  return (
    <div ref={layer} className={styles['layer']} aria-hidden>
      <div ref={measured} className={styles['layer']}>
        {size === null || plane === null ? null : <Pointers cursors={cursors} places={plane} size={size} />}
      </div>
    </div>
  );
}

type Plane = Pick<Places, 'point' | 'pixel'>;

/** One model of the strip: shares of its box, from the upper left. */
export const boxPlane = ({ width, height }: Size): Plane => ({
  point: ({ x, y }) => ({ x: x / width, y: y / height }),
  pixel: ({ x, y }) => ({ x: x * width, y: y * height }),
});

/** What is pointed at beside a figure stands at its edge: others may have it in another shape. */
const within = ({ x, y }: Pixel, { width, height }: Size): Pixel => ({
  x: Math.max(0, Math.min(x, width)),
  y: Math.max(0, Math.min(y, height)),
});

interface PointerProps {
  readonly person: Person;
  readonly at: Pixel;
  readonly cursor: LiveCursor;
}

function Pointer({ person, at, cursor }: PointerProps): ReactNode {
  return (
    <div
      className={styles['pointer']}
      data-testid="cursor"
      data-person={person.name}
      data-resting={cursor.resting ? '' : undefined}
      style={
        { '--person': PERSON_COLOURS[person.colour], transform: `translate(${at.x}px, ${at.y}px)` } as CSSProperties
      }
    >
      <svg width={16} height={18} viewBox="0 0 16 18">
        <path d="M1.5 1.5 L14 8.2 L8.2 9.8 L5.4 15.6 Z" strokeLinejoin="round" />
      </svg>
      <span className={styles['name']}>{person.name}</span>
    </div>
  );
}

/** Listens on the figure that this layer lies over. */
function useOwnCursor(figure: LookFigure, places: Plane | null, cell: number) {
  const layer = useRef<HTMLDivElement>(null);
  const now = useRef({ places, cell });
  const { point } = useCompanyActions();
  useEffect(() => {
    now.current = { places, cell };
  });
  useEffect(() => {
    const body = layer.current?.parentElement;
    if (body === null || body === undefined) return undefined;
    const onMove = (event: PointerEvent): void => {
      const { left, top } = body.getBoundingClientRect();
      const at = now.current.places?.point({ x: event.clientX - left, y: event.clientY - top });
      if (at === undefined) return;
      if (Number.isFinite(at.x) && Number.isFinite(at.y)) point({ figure, cell: now.current.cell, at });
    };
    const onLeave = (): void => {
      point(null);
    };
    body.addEventListener('pointermove', onMove);
    body.addEventListener('pointerleave', onLeave);
    return () => {
      body.removeEventListener('pointermove', onMove);
      body.removeEventListener('pointerleave', onLeave);
      point(null);
    };
  }, [figure, point]);
  return layer;
}
