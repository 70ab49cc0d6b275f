/** What every view beside the room shares: the company is the room's, the parameters and the run are its own. */
import type { StoreApi } from 'zustand/vanilla';
import type { AgendaItem, LabView } from '#lib/room/lab';
import { higher } from '#lib/room/roles';
import type { Touch } from '#lib/wire/protocol';
import { labState } from './lab-state.ts';
import type { Session } from './session.ts';
import type { SessionState } from './state.ts';

/** Of the room, whatever is looked at. */
const ROOMS = [
  'connection',
  'unsaved',
  'people',
  'ownerKey',
  'facts',
  'spared',
  'title',
  'serverEngine',
  'serverPace',
  'serverOffers',
  'serverChoice',
  'browserEngine',
  'browserPace',
  'browserOffers',
  'browserChoice',
  'clockOffset',
  'leftBehind',
] as const;

type OfRoom = Pick<SessionState, (typeof ROOMS)[number] | 'me'>;

/** `free`: controls are for this person's hands, whatever their role in the room. */
function ofRoom(state: SessionState, free: boolean): OfRoom {
  const shared = Object.fromEntries(ROOMS.map((key) => [key, state[key]])) as unknown as OfRoom;
  const { me } = state;
  return { ...shared, me: me !== null && free ? { ...me, role: higher(me.role, 'editor') } : me };
}

/** The state of a view as it begins. */
export const forkedState = (room: Session, free: boolean, item: AgendaItem): SessionState => ({
  ...room.store.getState(),
  ...ofRoom(room.store.getState(), free),
  ...labState(labOf(room.store.getState(), item), []),
  handsOff: null,
  touches: new Map(),
  history: { undo: false, redo: false },
  run: null,
  problem: null,
});

/** Keeps the view told of the room. Returns the function that ends it. */
export const followRoom = (store: StoreApi<SessionState>, room: Session, free: boolean): (() => void) =>
  room.store.subscribe((state, before) => {
    if ([...ROOMS, 'me' as const].some((key) => state[key] !== before[key])) store.setState(ofRoom(state, free));
  });

/** One experiment, as a document would have it. */
export const labOf = ({ title }: Pick<SessionState, 'title'>, item: AgendaItem): LabView => ({
  schema: 1,
  title,
  current: item.id,
  agenda: [item],
});

export const heldBy = (touch: Touch | null): readonly Touch[] => (touch === null ? [] : [touch]);
