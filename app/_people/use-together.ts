'use client';
/** Tells the others what is before a person's eyes, and brings before them what the one they follow looks at. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RunId } from '#lib/base/id';
import { LOOK_FIGURES, type Look, type LookFigure } from '#lib/room/company';
import { PHONE, useMedia } from '../_controls/media.ts';
import { ledTo } from '../_session/company.ts';
import { useCompany, useCompanyActions, useCompanyStore, useIsRoom } from '../_session/react.tsx';

interface Sight {
  /** null: the room has not arrived. */
  readonly item: string | null;
  readonly run: RunId | null;
  readonly cell: number;
  /** The one figure that a phone shows. */
  readonly panel: LookFigure;
  /** Gone back to; null: with the run. */
  readonly step: number | null;
  readonly turnTo: (look: Look) => void;
}

export interface Together {
  readonly following: boolean;
  /** One goes one's own way. */
  readonly leave: () => void;
  /** A hand is over this figure. */
  readonly hover: (figure: LookFigure) => void;
}

export function useTogether({ item, run, cell, panel, step, turnTo }: Sight): Together {
  const { look, follow } = useCompanyActions();
  const following = useCompany((state) => state.follows !== null);
  const isRoom = useIsRoom();
  const narrow = useMedia(PHONE);
  const { hovered, hover } = useRestingHover();
  const figure = narrow ? panel : hovered;
  useEffect(() => {
    const seen = item === null ? null : { item, run, cell, figure, step, trying: !isRoom };
    look(seen, narrow ? ['strip', panel, 'timeline'] : LOOK_FIGURES);
  }, [look, item, run, cell, figure, step, isRoom, narrow, panel]);
  useLed(run, isRoom, turnTo);
  return {
    following: following && isRoom,
    leave: useCallback(() => {
      follow(null);
    }, [follow]),
    hover,
  };
}

/** Goes where the one goes whom one follows, and there again when another run has come. */
function useLed(run: RunId | null, isRoom: boolean, turnTo: (look: Look) => void): void {
  const store = useCompanyStore();
  const turn = useRef(turnTo);
  useEffect(() => {
    turn.current = turnTo;
  });
  useEffect(() => {
    if (!isRoom) return undefined;
    let before: Look | null = null;
    const go = (): void => {
      const look = ledTo(store.getState());
      if (look !== null && look !== before && !look.trying)
        turn.current(look.run === run ? look : { ...look, step: null });
      before = look;
    };
    go();
    return store.subscribe(go);
  }, [store, run, isRoom]);
}

/** ms: a hand that only passes over a figure does not look at it */
const HOVER_MS = 300;

function useRestingHover() {
  const [hovered, setHovered] = useState<LookFigure>('directions');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const hover = (figure: LookFigure): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setHovered(figure);
    }, HOVER_MS);
  };
  return { hovered, hover };
}
