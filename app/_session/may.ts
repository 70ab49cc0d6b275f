/** What this person may do at this moment: what their role allows, as far as nobody else has the knobs. */
import { can } from '#lib/room/roles';
import type { SessionState } from './state.ts';

type Known = Pick<SessionState, 'me' | 'handsOff'>;

export const mayEdit = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'edit-lab');

export const mayRun = ({ me, handsOff }: Known): boolean =>
  me !== null && handsOff === null && can(me.role, 'control-run');
