'use client';
/** The thin skin: a session in a context, read with selectors. */
import { createContext, use, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { present } from '#lib/base/assert';
import type { NotesActions, NotesState } from './notes.ts';
import type { PastRunsActions, PastRunsState } from './past-runs.ts';
import type { Session } from './session.ts';
import type { TimeActions, TimeState } from './time.ts';
import type { RunView, SessionActions, SessionState } from './state.ts';

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  return <SessionContext value={session}>{children}</SessionContext>;
}

const useSessionContext = (): Session => present(use(SessionContext), 'a SessionProvider above');

export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(useSessionContext().store, selector);
}

export function useNotes<T>(selector: (state: NotesState) => T): T {
  return useStore(useSessionContext().notes.store, selector);
}

export const useNoteActions = (): NotesActions => useSessionContext().notes.actions;

export const useActions = (): SessionActions => useSessionContext().actions;

export function usePastRuns<T>(selector: (state: PastRunsState) => T): T {
  return useStore(useSessionContext().pastRuns.store, selector);
}

export const usePastRunActions = (): PastRunsActions => useSessionContext().pastRuns.actions;

/** The run whose figures this viewer sees: the room's, or an earlier one. */
export function useShownRun(): RunView | null {
  const live = useSession((state) => state.run);
  const opened = usePastRuns((state) => state.opened);
  return opened ?? live;
}

export function useTime<T>(selector: (state: TimeState) => T): T {
  return useStore(useSessionContext().time.store, selector);
}

export const useTimeActions = (): TimeActions => useSessionContext().time.actions;
