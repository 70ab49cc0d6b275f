'use client';
/** A room, inside of a `SessionProvider`. */
import { useEffect, useState, type ReactNode } from 'react';
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import { compose, DeskProvider, useDesk } from '../_annotations/desk.tsx';
import { SideRail } from '../_annotations/side-rail.tsx';
import { useTogetherKeys } from '../_people/use-together-keys.ts';
import { useCompanyActions, useRoom } from '../_session/react.tsx';
import { Help } from './help.tsx';
import { Joining } from './joining.tsx';
import { Parameters } from './parameters.tsx';
import { loadParts } from './parts.ts';
import { Refused } from './refused.tsx';
import styles from './room.module.css';
import { useRunControls } from './run-controls.ts';
import { useRunOnRelease } from './run-on-release.ts';
import { runShortcuts } from './run-shortcuts.ts';
import { Stage } from './stage.tsx';
import { StandpointProvider, useStandpoint } from './standpoint.tsx';
import { TopBar } from './top-bar.tsx';
import { useIsMapShown } from './use-is-map-shown.ts';
import { useRunAsked } from './use-run-asked.ts';
import { useShortcuts } from './use-shortcuts.ts';

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
  const [cell, setCell] = useState<number | null>(null);
  const [parametersOpen, setParametersOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const controls = useRunControls(place);
  useRunAsked(controls);
  const onRelease = useRunOnRelease(place);
  const isMapShown = useIsMapShown();
  const desk = useDesk();
  const { follow } = useCompanyActions();
  const { at, tryMine, toRoom } = useStandpoint();
  const mayNote = useRoom((state) => at === 'room' && state.me !== null && can(state.me.role, 'edit-notes'));
  const joined = useRoom((state) => state.me !== null);
  useEffect(() => {
    // What does not arrive now is asked for again when it is opened: `part`.
    if (joined) loadParts().catch(() => undefined);
  }, [joined]);
  useShortcuts({
    ...(mayNote
      ? {
          c: () => {
            compose(desk);
          },
        }
      : undefined),
    ...useTogetherKeys(),
    ...(joined ? { t: at === 'mine' ? toRoom : tryMine } : undefined),
    ...runShortcuts(controls, {
      onCell: isMapShown
        ? null
        : (place) => {
            follow(null);
            setCell(place);
          },
      onHelp: () => {
        setHelpOpen(true);
      },
    }),
  });
  return (
    <div className={styles['room']}>
      <TopBar
        place={place}
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
      <Stage place={place} onPlace={setPlace} chosenCell={cell} onChooseCell={setCell} />
      <SideRail />
      <Joining />
      <Help
        open={helpOpen}
        onClose={() => {
          setHelpOpen(false);
        }}
      />
    </div>
  );
}
