/** Roles in words. */
import type { GivenRole, Role } from '#lib/room/roles';

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  viewer: 'viewer',
  commenter: 'commenter',
  editor: 'editor',
  owner: 'owner',
};

/** "Whoever opens it …" */
export const MAY: Readonly<Record<GivenRole, string>> = {
  viewer: 'may watch',
  commenter: 'may watch and write notes',
  editor: 'may change and run the experiment',
};
