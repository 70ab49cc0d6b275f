'use client';
/** Links that give a role: made, listed with their end, renewed under another key, and revoked. A link is shown once. */
import { useState, type ReactNode } from 'react';
import type { GivenRole } from '#lib/room/roles';
import type { AccessView } from '#lib/wire/protocol';
import { addressWith } from '../_session/address.ts';
import { AddressField } from './address-field.tsx';
import { RoleSelect, type OwnerProps } from './role-select.tsx';
import { ROLE_NAMES } from './role-words.ts';
import styles from './share-sheet.module.css';

const LIFETIMES = [
  ['1', 'for a day'],
  ['7', 'for a week'],
  ['120', 'for a term'],
  ['', 'for ever'],
] as const;

export function Invitations({ access, send }: OwnerProps): ReactNode {
  const [fresh, setFresh] = useState<string | null>(null);
  const ask = async (command: Parameters<OwnerProps['send']>[0]): Promise<void> => {
    setFresh(await send(command));
  };
  return (
    <section className={styles['part']}>
      <h3>Invitations</h3>
      <ul>
        {access.invites.map((invite) => (
          <li key={invite.id}>
            <span className={styles['what']}>{describe(invite)}</span>
            <button type="button" onClick={() => void ask({ type: 'rotate', invite: invite.id })}>
              New link
            </button>
            <button type="button" onClick={() => void ask({ type: 'revoke', invite: invite.id })}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
      <NewInvitation onMake={(role, days) => void ask({ type: 'invite', role, days })} />
      {fresh === null ? null : (
        <>
          <p className={styles['explained']}>Copy it now: it is not shown again.</p>
          <AddressField label="Invitation" address={addressWith(fresh)} />
        </>
      )}
    </section>
  );
}

function describe({ role, expiresAt }: AccessView['invites'][number]): string {
  const until = expiresAt === null ? 'for ever' : `until ${new Date(expiresAt).toLocaleDateString('en-GB', DATE)}`;
  return `${ROLE_NAMES[role]}, ${until}`;
}

const DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const;

function NewInvitation({ onMake }: { readonly onMake: (role: GivenRole, days: number | null) => void }): ReactNode {
  const [role, setRole] = useState<GivenRole>('viewer');
  const [days, setDays] = useState('7');
  return (
    <form
      className={styles['line']}
      onSubmit={(event) => {
        event.preventDefault();
        onMake(role, days === '' ? null : Number(days));
      }}
    >
      <RoleSelect label="Role of the new invitation" role={role} words={ROLE_NAMES} onChoose={setRole} />
      <select
        aria-label="How long it holds"
        value={days}
        onChange={(event) => {
          setDays(event.currentTarget.value);
        }}
      >
        {LIFETIMES.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <button type="submit">Make an invitation</button>
    </form>
  );
}
