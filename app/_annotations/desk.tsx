'use client';
/** What this person does with the room's notes: which rail is open, what is being written and about what, which note is looked at. */
import { createContext, use, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { present } from '#lib/base/assert';
import type { Anchor, AnchorFigure } from '#lib/room/anchor';
import type { Scene } from './scene.ts';

export type Tab = 'notes' | 'minutes' | 'runs';

export interface Draft {
  /** null: about the room. */
  readonly anchor: Anchor | null;
  /** The note that is to speak of something else; null: a new one is written. */
  readonly moves: string | null;
}

interface DeskState {
  /** null: the rail is folded. */
  readonly tab: Tab | null;
  /** While there is one, a press on a figure says what it is about. */
  readonly draft: Draft | null;
  readonly selected: string | null;
  /** The feature under this person's hand. */
  readonly active: number | null;
  /** null until the room's figures are there. */
  readonly scene: Scene | null;
  /** What is to be shown as soon as its run is there, and has formed. */
  readonly awaited: Anchor | null;
  /** The note that the address named when one came has been opened: another stage does not go back to it. */
  readonly arrived: boolean;
  /** Brings an earlier run before the eyes. */
  readonly openRun: (run: string) => Promise<boolean>;
}

export type Desk = StoreApi<DeskState>;

export const createDesk = (): Desk =>
  createStore<DeskState>(() => ({
    tab: null,
    draft: null,
    selected: null,
    active: null,
    scene: null,
    awaited: null,
    arrived: false,
    openRun: () => Promise.resolve(false),
  }));

const DeskContext = createContext<Desk | null>(null);

export function DeskProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [desk] = useState(createDesk);
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export const useDesk = (): Desk => present(use(DeskContext), 'a DeskProvider above');

export function useDeskState<T>(selector: (state: DeskState) => T): T {
  return useStore(useDesk(), selector);
}

/** Begins a note about what is at hand: the highlighted feature, else the model that is shown. */
export function compose(desk: Desk): void {
  const { scene, active, draft } = desk.getState();
  if (draft !== null) return;
  const anchor =
    active === null
      ? scene?.anchorAt(scene.whole, { kind: 'cell' })
      : scene?.anchorAt('directions', { kind: 'feature', feature: active });
  desk.setState({ tab: 'notes', draft: { anchor: anchor ?? null, moves: null } });
}

/** Begins a note about all that one figure shows, or says so of the one that is being written. */
export function composeOn(desk: Desk, figure: AnchorFigure): void {
  const { scene, active, draft } = desk.getState();
  const hasFeatures = figure === 'directions' || figure === 'gram' || figure === 'norms';
  const anchor =
    scene?.anchorAt(
      figure,
      hasFeatures && active !== null
        ? { kind: 'feature', feature: active }
        : figure === 'loss'
          ? { kind: 'step', step: scene.live(scene.cell).step ?? 0 }
          : { kind: 'cell' },
    ) ?? null;
  desk.setState({ tab: 'notes', draft: { anchor, moves: draft?.moves ?? null } });
}

/** A model that is pressed while a note is being written is what the note is about. */
export function pinToModel(desk: Desk, cell: number): void {
  const { scene, draft } = desk.getState();
  if (draft === null || scene === null) return;
  desk.setState({ draft: { ...draft, anchor: scene.anchorAt(scene.whole, { kind: 'cell' }, cell) } });
}

/** Looks at a note, and brings what it speaks of before the eyes where that is there. */
export function visit(desk: Desk, id: string, anchor: Anchor | null): void {
  desk.setState({ selected: id, tab: 'notes', awaited: null, arrived: true });
  rememberInAddress(id);
  const { scene } = desk.getState();
  if (anchor === null || scene === null) return;
  if (isElsewhere(anchor, scene) && scene.placed(anchor).state === 'unanchored') visitItsRun(desk, anchor);
  else if (!scene.show(anchor) && anchor.run === scene.place.run) desk.setState({ awaited: anchor });
}

/** It was written on another run of this experiment than the one that is shown. */
export const isElsewhere = (anchor: Anchor, { place }: Scene): boolean =>
  anchor.run !== null && anchor.run !== place.run && anchor.item === place.item;

/** Shows what a note speaks of in the run that it was written on. */
export function visitItsRun(desk: Desk, anchor: Anchor): void {
  if (anchor.run === null) return;
  desk.setState({ awaited: anchor });
  void desk
    .getState()
    .openRun(anchor.run)
    .then((there) => {
      if (!there) desk.setState({ awaited: null });
    });
}

export function leave(desk: Desk): void {
  desk.setState({ selected: null, awaited: null });
  rememberInAddress(null);
}

export const NOTE_PARAMETER = 'note';

function rememberInAddress(id: string | null): void {
  const address = new URL(location.href);
  if (id === null) address.searchParams.delete(NOTE_PARAMETER);
  else address.searchParams.set(NOTE_PARAMETER, id);
  history.replaceState(history.state, '', address);
}

/** Address of the room at a note. */
export function addressOf(id: string): string {
  const address = new URL(location.href);
  address.searchParams.set(NOTE_PARAMETER, id);
  return address.href;
}
