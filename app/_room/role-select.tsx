'use client';
import type { ReactNode } from 'react';
import { GIVEN_ROLES, type GivenRole } from '#lib/room/roles';
import type { AccessView, ManageCommand } from '#lib/wire/protocol';

/** What each part of the owner's settings shows and says. */
export interface OwnerProps {
  readonly access: AccessView;
  /** Resolves to a new invite's key, or null. */
  readonly send: (command: ManageCommand) => Promise<string | null>;
}

interface RoleSelectProps {
  readonly label: string;
  readonly role: GivenRole;
  readonly words: Readonly<Record<GivenRole, string>>;
  readonly onChoose: (role: GivenRole) => void;
}

export function RoleSelect({ label, role, words, onChoose }: RoleSelectProps): ReactNode {
  return (
    <select
      aria-label={label}
      value={role}
      onChange={(event) => {
        const chosen = GIVEN_ROLES.find((given) => given === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen);
      }}
    >
      {GIVEN_ROLES.map((given) => (
        <option key={given} value={given}>
          {words[given]}
        </option>
      ))}
    </select>
  );
}
