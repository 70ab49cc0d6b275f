'use client';
/** What every place that trains looks like: a bar, the controls at its left, the stage, the rail at its right; and the keys of all of them. */
import { useState, type ReactNode } from 'react';
import type { RunPlace } from '#lib/runs/record';
import { SideRail, type RailTabs } from '../_annotations/side-rail.tsx';
import { Help } from './help.tsx';
import { Parameters } from './parameters.tsx';
import styles from './room.module.css';
import { useRunControls } from './run-controls.ts';
import { useRunOnRelease } from './run-on-release.ts';
import { runShortcuts } from './run-shortcuts.ts';
import { Stage } from './stage.tsx';
import { useIsMapShown } from './use-is-map-shown.ts';
import { useRunAsked } from './use-run-asked.ts';
import { useShortcuts, type Shortcuts } from './use-shortcuts.ts';

interface WorkbenchProps {
  readonly place: RunPlace;
  readonly onPlace: (place: RunPlace) => void;
  /** Where there is room for the controls only when they are asked for, a button of it opens and closes them. */
  readonly bar: (onParameters: () => void) => ReactNode;
  readonly tabs?: RailTabs;
  /** Beside those of the run. */
  readonly shortcuts?: Shortcuts;
  /** A key is about to choose a model. */
  readonly onOwnWay?: () => void;
  /** Over it. */
  readonly children?: ReactNode;
}

export function Workbench(props: WorkbenchProps): ReactNode {
  const { place, onPlace, bar, tabs, shortcuts, onOwnWay, children } = props;
  const [cell, setCell] = useState<number | null>(null);
  const [parametersOpen, setParametersOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const controls = useRunControls(place);
  useRunAsked(controls);
  const onRelease = useRunOnRelease(place);
  const onCell = (chosen: number): void => {
    onOwnWay?.();
    setCell(chosen);
  };
  const onHelp = (): void => {
    setHelpOpen(true);
  };
  useShortcuts({ ...shortcuts, ...runShortcuts(controls, { onCell: useIsMapShown() ? null : onCell, onHelp }) });
  return (
    <div className={styles['room']}>
      {bar(() => {
        setParametersOpen(!parametersOpen);
      })}
      <Parameters
        open={parametersOpen}
        onClose={() => {
          setParametersOpen(false);
        }}
        onRelease={onRelease}
      />
      <Stage place={place} onPlace={onPlace} chosenCell={cell} onChooseCell={setCell} />
      <SideRail {...(tabs === undefined ? {} : { tabs })} />
      {children}
      <Help
        open={helpOpen}
        onClose={() => {
          setHelpOpen(false);
        }}
      />
    </div>
  );
}
