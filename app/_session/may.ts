/** What this person may do at this moment: what their role allows, as far as nobody else has the knobs. */
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import type { SessionState } from './state.ts';

type Known = Pick<SessionState, 'me' | 'handsOff'>;

export const mayEdit = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'edit-lab');

export const mayRun = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'control-run');

/** The engine whose pace is measured, unless a card is what trains by itself. */
const PACED = 'fused-wasm';
const isPaced = (choice: string | null): boolean => choice === null || choice === PACED;

/** Vector instructions a second of what would train; null: not known, as of any other engine that was asked for by name. */
export const paceAt =
  (place: RunPlace) =>
  ({ browserPace, browserChoice, serverPace, serverChoice }: Paces): number | null => {
    if (place === 'server') return isPaced(serverChoice) ? serverPace : null;
    return isPaced(browserChoice) ? browserPace : null;
  };

type Paces = Pick<SessionState, 'browserPace' | 'browserChoice' | 'serverPace' | 'serverChoice'>;
