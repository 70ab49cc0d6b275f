'use client';
/** A room, inside of a `SessionProvider`. */
import { useEffect, useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import { compose, DeskProvider, useDesk } from '../_annotations/desk.tsx';
import { useTogetherKeys } from '../_people/use-together-keys.ts';
import { useCompanyActions, useRoom } from '../_session/react.tsx';
import { Joining } from './joining.tsx';
import { loadParts } from './parts.ts';
import { Refused } from './refused.tsx';
import { StandpointProvider, useStandpoint } from './standpoint.tsx';
import { TopBar } from './top-bar.tsx';
import { Workbench } from './workbench.tsx';

export function Room(): ReactNode {
  const connection = useRoom((state) => state.connection);
  if (connection.phase === 'refused') return <Refused refusal={connection.refusal} />;
  return (
    <DeskProvider>
      <StandpointProvider>
        <OpenRoom />
      </StandpointProvider>
    </DeskProvider>
  );
}

function OpenRoom(): ReactNode {
  const [place, setPlace] = useState<RunPlace>('browser');
  const desk = useDesk();
  const { follow } = useCompanyActions();
  const { at, tryMine, toRoom } = useStandpoint();
  const mayNote = useRoom((state) => at === 'room' && state.me !== null && can(state.me.role, 'edit-notes'));
  const joined = useRoom((state) => state.me !== null);
  useEffect(() => {
    // What does not arrive now is asked for again when it is opened: `part`.
    if (joined) loadParts().catch(() => undefined);
  }, [joined]);
  const note = { c: () => compose(desk) };
  const stand = { t: at === 'mine' ? toRoom : tryMine };
  return (
    <Workbench
      place={place}
      onPlace={setPlace}
      bar={(onParameters) => <TopBar place={place} onParameters={onParameters} />}
      shortcuts={{ ...(mayNote ? note : undefined), ...useTogetherKeys(), ...(joined ? stand : undefined) }}
      onOwnWay={() => {
        follow(null);
      }}
    >
      <Joining />
    </Workbench>
  );
}
