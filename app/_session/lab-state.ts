/** From the document `lab`, and the hands on its controls, to what the interface reads. */
import { experimentParameters } from '#lib/experiments/index';
import { currentItem, type LabView } from '#lib/room/lab';
import { DEFAULT_PARAMETERS, repairParameters } from '#lib/spec/parameters';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import type { EngineName } from '#lib/runs/events';
import type { Touch } from '#lib/wire/protocol';
import type { SessionState } from './state.ts';

type LabState = Pick<SessionState, 'title' | 'agenda' | 'item' | 'parameters' | 'spec' | 'specHash'>;

/** Parameters are the document's, with hands on them applied; the spec is of what is written. */
export function labState(view: LabView, hands: readonly Touch[]): LabState | null {
  const item = currentItem(view);
  if (item === undefined) return null;
  const written = repairParameters(item.set, experimentParameters(item.experiment) ?? DEFAULT_PARAMETERS);
  const held: Record<string, unknown> = {};
  for (const hand of hands) if (hand.item === item.id) held[hand.parameter] = hand.value;
  const parameters = repairParameters({ ...written, ...held }, written);
  const spec = resolve(written);
  return { title: view.title, agenda: view.agenda, item, parameters, spec, specHash: specHash(spec) };
}

const UNKNOWN_SPEC = resolve(DEFAULT_PARAMETERS);

const UNKNOWN: LabState = {
  title: '',
  agenda: [],
  item: null,
  parameters: DEFAULT_PARAMETERS,
  spec: UNKNOWN_SPEC,
  specHash: specHash(UNKNOWN_SPEC),
};

/** Before anything has arrived but, with the page itself, the document as it stood. */
export const initialState = (browserEngine: EngineName, view: LabView | null): SessionState => ({
  connection: { phase: 'connecting' },
  unsaved: 0,
  me: null,
  people: [],
  handsOff: null,
  facts: null,
  spared: null,
  leftBehind: null,
  history: { undo: false, redo: false },
  ownerKey: null,
  touches: new Map(),
  ...UNKNOWN,
  ...(view === null ? null : labState(view, [])),
  run: null,
  serverEngine: null,
  serverPace: null,
  serverOffers: [],
  serverChoice: null,
  browserEngine,
  browserPace: null,
  browserOffers: [],
  browserChoice: null,
  clockOffset: 0,
  problem: null,
});
