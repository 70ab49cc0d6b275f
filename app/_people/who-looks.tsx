'use client';
/** Who else looks at a model of the strip: a dot for each, and in words for who hovers. */
import type { CSSProperties, ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { lookOf } from '#lib/room/company';
import { PERSON_COLOURS } from '#lib/room/person';
import { useCompany, useIsRoom, useRoom } from '../_session/react.tsx';
import styles from './who-looks.module.css';

/** More are a number. */
const DOTS = 4;

export function WhoLooks({ cell }: { readonly cell: number }): ReactNode {
  return useIsRoom() ? <Lookers cell={cell} /> : null;
}

function Lookers({ cell }: { readonly cell: number }): ReactNode {
  const item = useRoom((state) => state.item?.id ?? null);
  const people = useRoom((state) => state.people);
  const here = useCompany(
    useShallow(({ seen, self }) =>
      [...seen.keys()].filter((id) => {
        const look = lookOf(seen, id);
        return id !== self && look !== null && look.cell === cell && look.item === item && !look.trying;
      }),
    ),
  );
  const lookers = people.filter(({ id }) => here.includes(id));
  if (lookers.length === 0) return null;
  return (
    <span className={styles['lookers']} title={`${lookers.map(({ name }) => name).join(', ')} here`} aria-hidden>
      {lookers.slice(0, DOTS).map(({ id, colour }) => (
        <i key={id} style={{ '--person': PERSON_COLOURS[colour] } as CSSProperties} data-testid="looker" />
      ))}
      {lookers.length > DOTS ? <small>+{lookers.length - DOTS}</small> : null}
    </span>
  );
}
