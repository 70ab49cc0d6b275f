'use client';
/** An experiment for one person: the room's stage and controls, without a room. Its address says what its controls say. */
import { useEffect, type ReactNode } from 'react';
import { soloAddress, type Solo } from '#lib/experiments/solo';
import { DeskProvider } from '../_annotations/desk.tsx';
import { NOTES_ONLY } from '../_annotations/side-rail.tsx';
import { loadParts } from '../_room/parts.ts';
import { SoloStandpoint } from '../_room/standpoint.tsx';
import { Workbench } from '../_room/workbench.tsx';
import { SessionProvider, useSession, ViewProvider } from '../_session/react.tsx';
import type { Session } from '../_session/session.ts';
import { SoloBar } from './solo-bar.tsx';

interface SoloRoomProps {
  readonly solo: Solo;
  readonly room: Session;
  readonly view: Session;
}

export function SoloRoom({ solo, room, view }: SoloRoomProps): ReactNode {
  return (
    <SessionProvider session={room}>
      <ViewProvider session={view}>
        <SoloStandpoint>
          <DeskProvider>
            <OpenSolo solo={solo} />
          </DeskProvider>
        </SoloStandpoint>
      </ViewProvider>
    </SessionProvider>
  );
}

const here = (): void => undefined;

function OpenSolo({ solo }: { readonly solo: Solo }): ReactNode {
  useAddress(solo);
  useEffect(() => {
    // Nothing else is asked of a server from then on.
    loadParts().catch(() => undefined);
  }, []);
  return (
    <Workbench
      place="browser"
      onPlace={here}
      bar={(onParameters) => <SoloBar solo={solo} onParameters={onParameters} />}
      tabs={NOTES_ONLY}
    />
  );
}

/** What is set stands in the address: a reload, a bookmark and whoever it is sent to begin there. */
function useAddress({ experiment, link }: Solo): void {
  const set = useSession((state) => state.item?.set ?? null);
  useEffect(() => {
    if (set === null) return;
    const runs = new URL(location.href).searchParams.has('run');
    history.replaceState(history.state, '', soloAddress({ experiment, parameters: set, link, runs }));
  }, [set, experiment, link]);
}
