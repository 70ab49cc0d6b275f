'use client';
/**
 * The thin skin: a session in a context, read with selectors. What is looked at may be another than the room: a try of one's own, or
 * one that is shown. Then `useSession` speaks of that, and `useRoom` of the room itself.
 */
import { createContext, use, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { present } from '#lib/base/assert';
import type { Company, CompanyActions, CompanyState } from './company.ts';
import type { LinksActions, LinksState } from './links.ts';
import type { NotesActions, NotesState } from './notes.ts';
import type { PastRunsActions, PastRunsState } from './past-runs.ts';
import type { Session } from './session.ts';
import type { TimeActions, TimeState } from './time.ts';
import type { RunView, SessionActions, SessionState } from './state.ts';

const RoomContext = createContext<Session | null>(null);
const SessionContext = createContext<Session | null>(null);

interface ProviderProps {
  readonly session: Session;
  readonly children: ReactNode;
}

/** The room. */
export function SessionProvider({ session, children }: ProviderProps): ReactNode {
  return (
    <RoomContext value={session}>
      <SessionContext value={session}>{children}</SessionContext>
    </RoomContext>
  );
}

/** What is looked at in its place. */
export function ViewProvider({ session, children }: ProviderProps): ReactNode {
  return <SessionContext value={session}>{children}</SessionContext>;
}

const useSessionContext = (): Session => present(use(SessionContext), 'a SessionProvider above');

export const useRoomSession = (): Session => present(use(RoomContext), 'a SessionProvider above');

export const useHasSession = (): boolean => use(SessionContext) !== null;

export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(useSessionContext().store, selector);
}

export function useRoom<T>(selector: (state: SessionState) => T): T {
  return useStore(useRoomSession().store, selector);
}

/** True where the room itself is looked at. */
export const useIsRoom = (): boolean => useSessionContext() === useRoomSession();

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
export const useShownRun = (): RunView | null => useShownRunPart((run) => run);

/** Of it: whoever needs an id is not drawn again with every step. */
export function useShownRunPart<T>(selector: (run: RunView | null) => T): T {
  const opened = usePastRuns((state) => state.opened);
  return useSession((state) => selector(opened ?? state.run));
}

export function useLinks<T>(selector: (state: LinksState) => T): T {
  return useStore(useSessionContext().links.store, selector);
}

export const useLinkActions = (): LinksActions => useSessionContext().links.actions;

export function useTime<T>(selector: (state: TimeState) => T): T {
  return useStore(useSessionContext().time.store, selector);
}

export const useTimeActions = (): TimeActions => useSessionContext().time.actions;

export const useRoomActions = (): SessionActions => useRoomSession().actions;

export function useCompany<T>(selector: (state: CompanyState) => T): T {
  return useStore(useRoomSession().company.store, selector);
}

export const useCompanyActions = (): CompanyActions => useRoomSession().company.actions;

export const useCompanyStore = (): Company['store'] => useRoomSession().company.store;

/** The run that is looked at beside it; null: none. */
export function useBesideRun(): RunView | null {
  const live = useSession((state) => state.run);
  const beside = usePastRuns((state) => state.beside);
  return beside !== null && beside.record.id === live?.record.id ? live : beside;
}

interface Now {
  readonly state: SessionState;
  readonly time: TimeState;
  readonly shown: RunView | null;
}

/** Everything as it is when it is asked: for what is pressed, which need not be drawn again with what it reads. */
export function useNow(): () => Now {
  const { store, time, pastRuns } = useSessionContext();
  return () => {
    const state = store.getState();
    return { state, time: time.store.getState(), shown: pastRuns.store.getState().opened ?? state.run };
  };
}
