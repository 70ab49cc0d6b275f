'use client';
/** Who else has a cell of the map open: a dot of their colour on it, with their initials beside. */
import type { CSSProperties, ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { lookOf } from '#lib/room/company';
import { PERSON_COLOURS } from '#lib/room/person';
import { useCompany, useIsRoom, useRoom } from '../_session/react.tsx';
import styles from './who-looks.module.css';

interface LookersOnMapProps {
  readonly place: (cell: number) => { readonly x: number; readonly y: number };
}

export function LookersOnMap(props: LookersOnMapProps): ReactNode {
  return useIsRoom() ? <Dots {...props} /> : null;
}

function Dots({ place }: LookersOnMapProps): ReactNode {
  const me = useRoom((state) => state.me?.id ?? null);
  const item = useRoom((state) => state.item?.id ?? null);
  const people = useRoom((state) => state.people);
  const cells = useCompany(
    useShallow(({ seen }) =>
      people.map(({ id }) => {
        const look = lookOf(seen, id);
        return id === me || look === null || look.item !== item || look.trying ? null : look.cell;
      }),
    ),
  );
  return people.map(({ id, name, colour }, k) => {
    const cell = cells[k];
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
