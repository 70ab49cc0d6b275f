'use client';
/** The left rail: the experiment's controls, by group, from the one table. On a narrow screen a drawer or a sheet. */
import { X } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { Experiment } from '#lib/experiments/experiment';
import type { Person } from '#lib/room/person';
import { definitionOf, type ParameterGroup, type ParameterKey } from '#lib/spec/parameters';
import { ParameterNotes } from '../_annotations/marks.tsx';
import type { Hand } from '../_controls/hand.ts';
import { IconButton } from '../_controls/icon-button.tsx';
import { PARAMETERS_OVER, useMedia } from '../_controls/media.ts';
import { Parameter } from '../_controls/parameter.tsx';
import { mayEdit } from '../_session/may.ts';
import { useActions, useSession, useTime } from '../_session/react.tsx';
import type { SessionState } from '../_session/state.ts';
import { HistoryButtons } from './history-buttons.tsx';
import { Resolution } from './resolution.tsx';
import styles from './room.module.css';
import type { RunOnRelease } from './run-on-release.ts';
import { RunOnReleaseSwitch } from './run-on-release-switch.tsx';
import { OwnTraining, TrainingSwitch } from './training-switch.tsx';
import { onEscape, useShortcuts } from './use-shortcuts.ts';

const GROUPS: readonly ParameterGroup[] = ['Model', 'Data', 'Training'];

interface ParametersProps {
  /** Matters on a narrow screen only. */
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onRelease: RunOnRelease;
}

export function Parameters({ open, onClose, onRelease }: ParametersProps): ReactNode {
  const experiment = useSession((state) => experimentOf(state.item?.experiment ?? ''));
  const controls = experiment?.controls ?? [];
  const isOver = useMedia(PARAMETERS_OVER) && open;
  useShortcuts(isOver ? { Escape: onClose } : {}, true);
  return (
    <>
      <aside
        className={styles['rail']}
        data-open={open ? '' : undefined}
        data-over={isOver ? '' : undefined}
        aria-label="Parameters"
        onKeyDown={isOver ? onEscape(onClose) : undefined}
      >
        <div className={styles['railHead']}>
          <h2>Parameters</h2>
          <IconButton size="large" label="Close parameters" onClick={onClose}>
            <X size={16} />
          </IconButton>
        </div>
        <HistoryButtons />
        {GROUPS.map((group) => (
          <Group
            key={group}
            group={group}
            controls={controls.filter((key) => definitionOf(key).group === group)}
            onReleased={onRelease.released}
            under={below(group, experiment)}
          >
            {group === 'Training' && experiment !== undefined ? <TrainingSwitch quick={experiment.quick} /> : null}
          </Group>
        ))}
        <RunOnReleaseSwitch {...onRelease} />
      </aside>
      <div className={styles['scrim']} data-open={open ? '' : undefined} onClick={onClose} aria-hidden />
    </>
  );
}

/** What a group has between its name and its controls. */
function below(group: ParameterGroup, experiment: Experiment | undefined): ReactNode {
  if (experiment === undefined) return null;
  if (group === 'Data' && experiment.figures.includes('map')) return <Resolution />;
  return group === 'Training' ? <OwnTraining quick={experiment.quick} /> : null;
}

interface GroupProps {
  readonly group: ParameterGroup;
  readonly controls: readonly ParameterKey[];
  readonly onReleased: () => void;
  /** Under its name, before the single controls. */
  readonly under: ReactNode;
  /** Beside its name. */
  readonly children?: ReactNode;
}

function Group({ group, controls, onReleased, under, children }: GroupProps): ReactNode {
  if (controls.length === 0) return null;
  return (
    <section className={styles['group']}>
      {children}
      <h2>{group}</h2>
      {under}
      {controls.map((parameter) => (
        <LiveParameter key={parameter} parameter={parameter} onReleased={onReleased} />
      ))}
    </section>
  );
}

interface LiveParameterProps {
  readonly parameter: ParameterKey;
  readonly onReleased: () => void;
}

/** One parameter of the room: whoever moves it, it moves for everybody. Drawn again only when it is itself another. */
const LiveParameter = memo(function LiveParameter({ parameter, onReleased }: LiveParameterProps): ReactNode {
  const value = useSession((state) => state.parameters[parameter]);
  const holder = useSession((state) => holderOf(state, parameter));
  const allowed = useSession(mayEdit);
  const { drag, set, letGo, change } = useActions();
  const continues = useTime((state) => state.beginning === 'continue');
  const hand: Hand = {
    onDrag: (dragged) => {
      drag(parameter, dragged);
    },
    onSet: (released) => {
      set({ [parameter]: released });
      // What cannot change while it trains makes the run stale, as always.
      if (continues) void change();
      else onReleased();
    },
    onCancel: letGo,
  };
  return (
    <div className={styles['noted']}>
      <Parameter
        parameter={parameter}
        definition={definitionOf(parameter)}
        value={value}
        hand={hand}
        holder={holder}
        disabled={!allowed}
      />
      <span className={styles['notedBy']}>
        <ParameterNotes parameter={parameter} />
      </span>
    </div>
  );
});

function holderOf({ touches, people, item }: SessionState, parameter: ParameterKey): Person | null {
  for (const [id, touch] of touches)
    if (touch.parameter === parameter && touch.item === item?.id)
      return people.find((person) => person.id === id) ?? null;
  return null;
}
