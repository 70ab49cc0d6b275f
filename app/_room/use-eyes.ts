'use client';
/**
 * What is before a person's eyes: told to those who follow, moved by the one whom they follow, pinned by the notes. A stage, be it of
 * models or a map, says what it shows; a hand on it leaves whomever one follows.
 */
import { useMemo } from 'react';
import type { Look, LookFigure } from '#lib/room/company';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { pinToModel, useDesk } from '../_annotations/desk.tsx';
import { useScene, type DiagramOf } from '../_annotations/use-scene.ts';
import type { CellView } from '../_figures/cell-view.ts';
import { useTogether, type Together } from '../_people/use-together.ts';
import { usePastRunActions, useSession, useTime } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { byOneself, timeShortcuts, usePastEscape } from './own-way.ts';
import { reachedStep } from './scrubber.tsx';
import type { RoomShowing } from './use-room-showing.ts';
import { useShortcuts } from './use-shortcuts.ts';

interface Sight {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly cell: number;
  readonly onChooseCell: (cell: number) => void;
  /** The one figure that a phone shows, and how to turn to another. */
  readonly panel: LookFigure;
  readonly onFigure?: (figure: string) => void;
  readonly showing: RoomShowing;
  /** Another function where what it gives has changed; null: the model is not known. */
  readonly viewOf: (cell: number) => CellView | null;
  /** The feature under a hand. */
  readonly active: number | null;
  /** Where the models are a diagram's cells: what is read of one, and the step that it has come to. */
  readonly diagram?: DiagramOf;
}

export interface Eyes {
  /** A model is chosen: one goes one's own way. */
  readonly choose: (cell: number) => void;
  /** The moment shown, moved by one's own hand. */
  readonly own: RoomShowing;
  readonly leave: Together['leave'];
  readonly hover: Together['hover'];
}

export function useEyes(sight: Sight): Eyes {
  const { spec, run, cell, onChooseCell, onFigure, panel, showing, viewOf, active, diagram } = sight;
  const { open: openRun } = usePastRunActions();
  const item = useSession((state) => state.item?.id ?? null);
  const inGroup = useTime((state) => state.together && state.group !== null);
  const turnTo = (toCell: number, step: number | null, figure: string): void => {
    onChooseCell(toCell);
    if (step !== null && !isSweep(spec)) showing.onScrub(step < reachedStep(run) ? step : null);
    onFigure?.(figure);
  };
  const follow = (look: Look): void => {
    // Its step is gone to once it is here.
    if (look.run !== null && look.run !== run?.record.id) void openRun(look.run);
    // In the group's time everyone is where it is, whomever they follow: a hand on it would move it for all.
    turnTo(look.cell, inGroup ? null : look.step, look.figure);
    if (!inGroup && look.step === null && showing.scrubbed !== null) showing.onScrub(null);
  };
  const shows = { item, run: run?.record.id ?? null, cell, panel, step: showing.scrubbed };
  const { leave, hover, following } = useTogether({ ...shows, turnTo: follow });
  useShortcuts(usePastEscape(following ? { Escape: leave } : timeShortcuts(showing)));
  useScene({
    ...{ spec, run, cell, viewOf, active },
    step: showing.shown?.step ?? null,
    settled: showing.scrubbed === null && showing.shown?.moving !== true,
    best: showing.shown?.best === true,
    turnTo: byOneself(leave, turnTo),
    ...(diagram === undefined ? {} : { diagram }),
  });
  return {
    choose: useChoose(leave, onChooseCell),
    own: { ...showing, onScrub: byOneself(leave, showing.onScrub) },
    leave,
    hover,
  };
}

function useChoose(leave: () => void, onChooseCell: (cell: number) => void): (cell: number) => void {
  const desk = useDesk();
  return useMemo(
    () =>
      byOneself(leave, (cell: number) => {
        onChooseCell(cell);
        pinToModel(desk, cell);
      }),
    [leave, onChooseCell, desk],
  );
}
