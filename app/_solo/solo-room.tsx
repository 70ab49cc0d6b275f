'use client';
/** An experiment for one person: the room's stage and controls, without a room. Its address says what its controls say. */
import { useEffect, useState, type ReactNode } from 'react';
import { soloAddress, type Solo } from '#lib/experiments/solo';
import { DeskProvider } from '../_annotations/desk.tsx';
import { NOTES_ONLY, SideRail } from '../_annotations/side-rail.tsx';
import { Help } from '../_room/help.tsx';
import { Parameters } from '../_room/parameters.tsx';
import { loadParts } from '../_room/parts.ts';
import styles from '../_room/room.module.css';
import { useRunControls } from '../_room/run-controls.ts';
import { useRunOnRelease } from '../_room/run-on-release.ts';
import { runShortcuts } from '../_room/run-shortcuts.ts';
import { Stage } from '../_room/stage.tsx';
import { SoloStandpoint } from '../_room/standpoint.tsx';
import { useIsMapShown } from '../_room/use-is-map-shown.ts';
import { useRunAsked } from '../_room/use-run-asked.ts';
import { useShortcuts } from '../_room/use-shortcuts.ts';
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

const BROWSER = 'browser';
const here = (): void => undefined;

function OpenSolo({ solo }: { readonly solo: Solo }): ReactNode {
  const [cell, setCell] = useState<number | null>(null);
  const [parametersOpen, setParametersOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const controls = useRunControls(BROWSER);
  useRunAsked(controls);
  const onRelease = useRunOnRelease(BROWSER);
  const isMapShown = useIsMapShown();
  useAddress(solo);
  useEffect(() => {
    // Nothing else is asked of a server from then on.
    loadParts().catch(() => undefined);
  }, []);
  useShortcuts(
    runShortcuts(controls, {
      onCell: isMapShown ? null : setCell,
      onHelp: () => {
        setHelpOpen(true);
      },
    }),
  );
  return (
    <div className={styles['room']}>
      <SoloBar
        solo={solo}
        onParameters={() => {
          setParametersOpen(!parametersOpen);
        }}
      />
      <Parameters
        open={parametersOpen}
        onClose={() => {
          setParametersOpen(false);
        }}
        onRelease={onRelease}
      />
      <Stage place={BROWSER} onPlace={here} chosenCell={cell} onChooseCell={setCell} />
      <SideRail tabs={NOTES_ONLY} />
      <Help
        open={helpOpen}
        onClose={() => {
          setHelpOpen(false);
        }}
      />
    </div>
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
