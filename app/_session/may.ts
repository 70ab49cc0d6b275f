/** What this person may do at this moment: what their role allows, as far as nobody else has the knobs. */
import { can } from '#lib/room/roles';
import type { RunPlace } from '#lib/runs/record';
import type { SessionState } from './state.ts';

type Known = Pick<SessionState, 'me' | 'handsOff'>;

export const mayEdit = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'edit-lab');

export const mayRun = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'control-run');

/** Vector instructions a second of what would train; null: not known, as of an engine that was asked for by name. */
export const paceAt =
  (place: RunPlace) =>
  ({ browserPace, browserChoice, serverPace, serverChoice }: Paces): number | null => {
    if (place === 'server') return serverChoice === null ? serverPace : null;
    return browserChoice === null ? browserPace : null;
  };

type Paces = Pick<SessionState, 'browserPace' | 'browserChoice' | 'serverPace' | 'serverChoice'>;
