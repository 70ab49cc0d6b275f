'use client';
/** Single keys for what people do together: F, S, H, K. */
import { can } from '#lib/room/roles';
import { useCompanyActions, useCompanyStore, useRoom } from '../_session/react.tsx';

export function useTogetherKeys(): Readonly<Record<string, () => void>> {
  const store = useCompanyStore();
  const me = useRoom((state) => state.me);
  const { command, follow } = useCompanyActions();
  if (me === null) return {};
  const held = () => store.getState();
  return {
    f: () => {
      const { follows, guide } = held();
      follow(follows === null && guide.leader !== me.id ? guide.leader : null);
    },
    ...(me.seated
      ? {
          h: () => {
            command(held().hands.has(me.id) ? { type: 'lower', person: me.id } : { type: 'raise', question: '' });
          },
        }
      : {}),
    ...(can(me.role, 'lead')
      ? {
          s: () => {
            command(held().guide.leader === me.id ? { type: 'give-lead', to: null } : { type: 'lead' });
          },
        }
      : {}),
    ...(can(me.role, 'control-run')
      ? {
          k: () => {
            command(held().guide.knobs === me.id ? { type: 'give-knobs', to: null } : { type: 'take-knobs' });
          },
        }
      : {}),
  };
}
