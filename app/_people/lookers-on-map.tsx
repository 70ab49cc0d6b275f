'use client';
/** Who else has a cell of the map open: a dot of their colour on it, with their initials beside. */
import type { CSSProperties, ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { RunId } from '#lib/base/id';
import { lookOf } from '#lib/room/company';
import { PERSON_COLOURS } from '#lib/room/person';
import { useCompany, useIsRoom, useRoom } from '../_session/react.tsx';
import styles from './who-looks.module.css';

interface LookersOnMapProps {
  /** Of the map; null: nothing has been trained. */
  readonly run: RunId | null;
  /** As many as it has. */
  readonly cells: number;
  readonly place: (cell: number) => { readonly x: number; readonly y: number };
}

export function LookersOnMap(props: LookersOnMapProps): ReactNode {
  return useIsRoom() ? <Dots {...props} /> : null;
}

function Dots({ run, cells, place }: LookersOnMapProps): ReactNode {
  const item = useRoom((state) => state.item?.id ?? null);
  const people = useRoom((state) => state.people);
  const chosen = useCompany(
    useShallow(({ seen, self }) =>
      people.map(({ id }) => {
        const look = lookOf(seen, id);
        if (id === self || look === null || look.item !== item || look.trying) return null;
        // Before another run they look at another map's cell.
        return look.run === run && look.cell < cells ? look.cell : null;
      }),
    ),
  );
  return people.map(({ id, name, colour }, k) => {
    const cell = chosen[k];
    if (cell === null || cell === undefined) return null;
    const { x, y } = place(cell);
    return (
      <span
        key={id}
        className={styles['onMap']}
        style={{ '--person': PERSON_COLOURS[colour], left: x, top: y } as CSSProperties}
        data-testid="looker"
        aria-hidden
      >
        <i />
        <small>{name}</small>
      </span>
    );
  });
}
