'use client';
import { useState, type ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import { LIMITS } from '#lib/wire/limits';
import { JoinSheet } from '../_people/join-sheet.tsx';
import { friendlyName } from '../_people/names.ts';
import { introduction, type Introduction } from '../_session/memory.ts';
import { useActions, useSession } from '../_session/react.tsx';

/** Asks who one is, once the room is there to be seen behind the question. */
export function Joining(): ReactNode {
  const live = useSession((state) => state.connection.phase === 'live');
  const me = useSession((state) => state.me);
  const full = useSession((state) => state.people.filter((person) => person.seated).length >= LIMITS.seats);
  const { join } = useActions();
  const [offer] = useState(introduce);
  if (!live || me !== null) return null;
  return <JoinSheet {...offer} full={full} onJoin={join} />;
}

/** As one was called the last time, else a friendly name. */
function introduce(): Introduction {
  return (
    introduction() ?? {
      name: friendlyName([Math.random(), Math.random()]),
      colour: Math.floor(Math.random() * PERSON_COLOURS.length),
    }
  );
}
