'use client';
/** How others come in, and what they may do here: the address for everyone, roles, invitations and the room's end for its owner. */
import { Link2 } from 'lucide-react';
import { useCallback, useEffect, useId, useState, type ReactNode, type ToggleEvent } from 'react';
import { can } from '#lib/room/roles';
import { LIMITS } from '#lib/wire/limits';
import type { AccessView, ManageCommand } from '#lib/wire/protocol';
import { part } from '../_controls/part.tsx';
import { plainAddress } from '../_session/address.ts';
import { useRoom, useRoomActions } from '../_session/react.tsx';
import { AddressField } from './address-field.tsx';
import { MAY } from './role-words.ts';
import styles from './share-sheet.module.css';
import bar from './top-bar.module.css';

// Behind a button: parts.ts has them ready before it is pressed.
const OwnerSettings = part(() => import('./owner-settings.tsx').then((module) => module.OwnerSettings));
const MakeLink = part(() => import('./make-link.tsx').then((module) => module.MakeLink));

export function ShareButton(): ReactNode {
  const sheet = useId();
  return (
    <>
      <button type="button" className={bar['share']} aria-label="Share" popoverTarget={sheet}>
        <Link2 size={16} /> <span>Share</span>
      </button>
      <ShareSheet id={sheet} />
    </>
  );
}

function ShareSheet({ id }: { readonly id: string }): ReactNode {
  const owner = useRoom((state) => state.me !== null && can(state.me.role, 'manage-room'));
  const [open, setOpen] = useState(false);
  // From then on it stays: a link that was made is still there when the sheet is opened again.
  const [opened, setOpened] = useState(false);
  if (open && !opened) setOpened(true);
  const { access, address, send } = useAccess(open, owner);
  // The button opens it by itself: that may have been before anything here listened.
  const mounted = useCallback((sheet: HTMLElement | null) => {
    if (sheet?.matches(':popover-open') === true) setOpen(true);
  }, []);
  return (
    <div
      id={id}
      ref={mounted}
      popover="auto"
      className={styles['sheet']}
      onToggle={({ newState }: ToggleEvent<HTMLElement>) => {
        setOpen(newState === 'open');
      }}
      aria-label="Share this room"
    >
      <h2>Share this room</h2>
      <AddressField label="Address of this room" address={address} />
      <p className={styles['explained']}>A room that nobody opens for {LIMITS.idleDays} days is deleted.</p>
      {opened ? (
        <>
          <MakeLink />
          {owner && access !== null ? <OwnerSettings access={access} send={send} /> : <DefaultRole />}
        </>
      ) : null}
    </div>
  );
}

function DefaultRole(): ReactNode {
  const facts = useRoom((state) => state.facts);
  return facts === null ? null : <p className={styles['explained']}>Whoever opens it {MAY[facts.defaultRole]}.</p>;
}

interface AccessState {
  /** null: not asked for yet. */
  readonly access: AccessView | null;
  /** Empty until the sheet is open: the page is drawn where there is no address. */
  readonly address: string;
  /** Resolves to a new invite's key, or null. */
  readonly send: (command: ManageCommand) => Promise<string | null>;
}

/** Looks whenever the sheet opens, and once more where who opened it turns out to be the owner: roles come with the connection. */
function useAccess(open: boolean, owner: boolean): AccessState {
  const { manage } = useRoomActions();
  const [access, setAccess] = useState<AccessView | null>(null);
  const send = useCallback(
    async (command: ManageCommand): Promise<string | null> => {
      const reply = await manage(command);
      if (reply !== null) setAccess(reply.access);
      return reply?.key ?? null;
    },
    [manage],
  );
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the server is asked; what it answers is shown
    if (open && owner) void send({ type: 'look' });
  }, [open, owner, send]);
  return { access, address: open ? plainAddress() : '', send };
}
