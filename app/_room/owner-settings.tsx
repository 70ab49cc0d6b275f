'use client';
/** What the owner of a room decides: the default role, invitations, roles of people who are here, and the room's end. */
import { useState, type ReactNode } from 'react';
import { addressWith } from '../_session/address.ts';
import { useSession } from '../_session/react.tsx';
import { AddressField } from './address-field.tsx';
import { DeleteRoom } from './delete-room.tsx';
import { Invitations } from './invitations.tsx';
import { RoleSelect, type OwnerProps } from './role-select.tsx';
import { MAY, ROLE_NAMES } from './role-words.ts';
import styles from './share-sheet.module.css';

export function OwnerSettings({ access, send }: OwnerProps): ReactNode {
  return (
    <>
      <label className={styles['line']}>
        Whoever opens it
        <RoleSelect
          label="Role of whoever opens the address"
          role={access.defaultRole}
          words={MAY}
          onChoose={(role) => void send({ type: 'default-role', role })}
        />
      </label>
      <Invitations access={access} send={send} />
      <PeopleRoles access={access} send={send} />
      <label className={styles['line']}>
        <input
          type="checkbox"
          checked={access.goesOnByItself}
          onChange={(event) => void send({ type: 'goes-on-by-itself', allowed: event.currentTarget.checked })}
        />
        A run goes on on the server when its trainer leaves
      </label>
      <Recovery />
      <DeleteRoom send={send} />
    </>
  );
}

/** Everyone here but the owner: what their link gives, or what the owner gave instead. */
function PeopleRoles({ access, send }: OwnerProps): ReactNode {
  const people = useSession((state) => state.people);
  const others = people.filter((person) => person.seated && person.role !== 'owner');
  if (others.length === 0) return null;
  return (
    <section className={styles['part']}>
      <h3>People here</h3>
      <ul>
        {others.map((person) => (
          <li key={person.id}>
            <span className={styles['what']}>{person.name}</span>
            {Object.hasOwn(access.given, person.id) ? (
              <button type="button" onClick={() => void send({ type: 'give-role', person: person.id, role: null })}>
                As their link says
              </button>
            ) : null}
            <RoleSelect
              label={`Role of ${person.name}`}
              role={person.role === 'owner' ? 'editor' : person.role}
              words={ROLE_NAMES}
              onChoose={(role) => void send({ type: 'give-role', person: person.id, role })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The owner's own key, to come back with from another browser: shown when asked for, since others may look on. */
function Recovery(): ReactNode {
  const key = useSession((state) => state.ownerKey);
  const [shown, setShown] = useState(false);
  if (key === null) return null;
  return (
    <section className={styles['part']}>
      {shown ? (
        <>
          <p className={styles['explained']}>Keep it to yourself: it makes an owner of whoever opens it.</p>
          <AddressField label="Recovery link" address={addressWith(key)} />
        </>
      ) : (
        <button
          type="button"
          onClick={() => {
            setShown(true);
          }}
        >
          Show the recovery link
        </button>
      )}
    </section>
  );
}
