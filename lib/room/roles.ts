/** Who may do what in a room: one table, enforced by the server and drawn by the interface. */

export const ROLES = ['viewer', 'commenter', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** What a room's address or an invite may give. Ownership is held by key alone. */
export const GIVEN_ROLES = ['viewer', 'commenter', 'editor'] as const;
export type GivenRole = (typeof GIVEN_ROLES)[number];

export type Action =
  /** Parameters, layout, agenda: the document `lab`. */
  | 'edit-lab'
  /** One's own annotations and threads: the document `notes`. */
  | 'edit-notes'
  /** Anybody's. */
  | 'moderate-notes'
  /** Start, pause, step and stop the room's run, and train it in one's own browser. */
  | 'control-run'
  /** Name and pin the room's runs, and delete one's own. */
  | 'keep-runs'
  /** Keep the room's results as links. */
  | 'make-links'
  /** Delete anybody's. */
  | 'delete-runs'
  /** Lead: be followed by everyone. */
  | 'lead'
  /** Put before the room what one has tried by oneself. */
  | 'show'
  /** Take the lead or the knobs from another, lower another's hand, put away what another shows. */
  | 'moderate-room'
  /** Roles, invites, and the room's end. */
  | 'manage-room'
  /** See everything, be seen. */
  | 'watch';

const VIEWER: readonly Action[] = ['watch'];
const COMMENTER: readonly Action[] = [...VIEWER, 'edit-notes', 'show'];
const EDITOR: readonly Action[] = [...COMMENTER, 'edit-lab', 'control-run', 'keep-runs', 'make-links', 'lead'];
const OWNER: readonly Action[] = [...EDITOR, 'moderate-notes', 'delete-runs', 'moderate-room', 'manage-room'];

const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  viewer: VIEWER,
  commenter: COMMENTER,
  editor: EDITOR,
  owner: OWNER,
};

export const can = (role: Role, action: Action): boolean => ALLOWED[role].includes(action);

/** The one that may more. */
export const higher = (a: Role, b: Role): Role => (ROLES.indexOf(a) >= ROLES.indexOf(b) ? a : b);
