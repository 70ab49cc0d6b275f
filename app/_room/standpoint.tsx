'use client';
/**
 * What is looked at: the room, a try of one's own, or one that another shows. Whatever it is takes the room's place in everything
 * below; the company stays the room's.
 */
import { createContext, use, useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { present } from '#lib/base/assert';
import type { PersonId } from '#lib/base/id';
import type { Tried } from '#lib/room/tried';
import { createBrowserHost, createBrowserTrainer } from '../_compute/browser-trainer.ts';
import { useRoomSession, ViewProvider } from '../_session/react.tsx';
import type { Session } from '../_session/session.ts';
import { createShownTry } from '../_session/shown-try.ts';
import { createTry, type Try } from '../_session/try-mine.ts';

interface Shown {
  readonly tried: Tried;
  readonly session: Session;
}

export interface Standpoint {
  /** solo: there is no room. */
  readonly at: 'room' | 'mine' | 'shown' | 'solo';
  /** Null until one has tried something. */
  readonly mine: Try | null;
  /** What of another is looked at, or was. */
  readonly shown: Tried | null;
  /** Forks what is looked at, or goes on with what one has forked. */
  readonly tryMine: () => void;
  /** Forks what is looked at anew. */
  readonly fork: () => void;
  readonly toRoom: () => void;
  readonly lookAt: (tried: Tried) => void;
  /** Makes it the room's parameters, and runs them before everyone. */
  readonly adopt: () => void;
}

const StandpointContext = createContext<Standpoint | null>(null);

export const useStandpoint = (): Standpoint => present(use(StandpointContext), 'a StandpointProvider above');

const nothing = (): void => undefined;

const SOLO: Standpoint = {
  at: 'solo',
  mine: null,
  shown: null,
  tryMine: nothing,
  fork: nothing,
  toRoom: nothing,
  lookAt: nothing,
  adopt: nothing,
};

/** Where there is one experiment and nothing beside it. */
export const SoloStandpoint = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <StandpointContext value={SOLO}>{children}</StandpointContext>
);

/** ms: what was shown longer ago is offered, and not put before one's eyes */
const FRESH_MS = 10_000;

export function StandpointProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const room = useRoomSession();
  const [at, setAt] = useState<Standpoint['at']>('room');
  const [mine, setMine] = useState<Try | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  useEnding(mine);
  useEnding(shown?.session ?? null);
  const view = at === 'mine' ? (mine ?? room) : at === 'shown' ? (shown?.session ?? room) : room;

  const fork = (): void => {
    const { item, parameters } = view.store.getState();
    if (item === null) return;
    const forked = createTry({
      room,
      item: { ...item, set: parameters },
      from: view.store.getState().run,
      trainer: createBrowserTrainer(),
      host: createBrowserHost,
      now: Date.now,
      random: Math.random,
    });
    setMine(forked);
    setAt('mine');
  };
  const toRoom = (): void => {
    setAt('room');
  };
  const lookAt = (tried: Tried): void => {
    void room.company.actions.open(tried).then((detail) => {
      if (detail === null) return;
      setShown({ tried, session: createShownTry(room, tried, detail) });
      setAt('shown');
    });
  };
  useShowing(at, shown?.tried ?? null, lookAt, toRoom);

  const standpoint: Standpoint = {
    at: view === room ? 'room' : at,
    mine,
    shown: shown?.tried ?? null,
    tryMine: () => {
      if (mine === null || at === 'shown') fork();
      else setAt('mine');
    },
    fork,
    toRoom,
    lookAt,
    adopt: () => {
      const { me } = room.store.getState();
      const own = isShownBy(room.company.store.getState().tries, me?.id);
      adopt(room, view);
      // It is what everyone looks at now.
      if (at === 'mine' && own !== null) room.company.actions.putAway(own.by.id);
      toRoom();
    },
  };
  return (
    <StandpointContext value={standpoint}>
      <ViewProvider session={view}>{children}</ViewProvider>
    </StandpointContext>
  );
}

/** Of the same experiment where the room still has it. Taking it back is one undo. */
function adopt(room: Session, view: Session): void {
  const { item, parameters } = view.store.getState();
  const { agenda, item: present } = room.store.getState();
  if (item === null) return;
  if (item.id !== present?.id && agenda.some(({ id }) => id === item.id))
    room.actions.edit({ type: 'select', item: item.id });
  room.actions.set(parameters);
  void room.actions.run('browser', null);
}

/** What was looked at is closed when another takes its place, and with the room. */
function useEnding(session: Session | null): void {
  const held = useRef<Session | null>(null);
  useEffect(() => {
    const before = held.current;
    if (before !== session) before?.actions.close();
    held.current = session;
  }, [session]);
  useEffect(
    () => () => {
      held.current?.actions.close();
    },
    [],
  );
}

/** Puts before one's eyes what another has just shown, unless one is busy with a try of one's own; and takes away what is gone. */
function useShowing(
  at: Standpoint['at'],
  shown: Tried | null,
  lookAt: (tried: Tried) => void,
  toRoom: () => void,
): void {
  const room = useRoomSession();
  const changed = useEffectEvent((tries: readonly Tried[], before: readonly Tried[]) => {
    const { clockOffset, me } = room.store.getState();
    const news = tries.find(({ run }) => !before.some((held) => held.run === run));
    const fresh = news !== undefined && Date.now() + clockOffset - news.at < FRESH_MS;
    if (fresh && news.by.id !== me?.id && at !== 'mine') lookAt(news);
    else if (at === 'shown' && shown !== null && !tries.some(({ run }) => run === shown.run)) toRoom();
  });
  useEffect(
    () =>
      room.company.store.subscribe(({ tries }, before) => {
        if (tries !== before.tries) changed(tries, before.tries);
      }),
    [room],
  );
}

export const isShownBy = (tries: readonly Tried[], id: PersonId | undefined): Tried | null =>
  tries.find(({ by }) => by.id === id) ?? null;
