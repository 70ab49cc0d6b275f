/** Who may do what in a room: one table, enforced by the server and drawn by the interface. */

export type Role = 'owner' | 'editor' | 'commenter' | 'viewer';

export type Action =
  /** Parameters, layout, agenda: the document `lab`. */
  | 'edit-lab'
  /** Annotations and threads: the document `notes`. */
  | 'edit-notes'
  /** Start, pause, step and stop the room's run, and train it in one's own browser. */
  | 'control-run'
  /** See everything, be seen. */
  | 'watch';

const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  owner: ['edit-lab', 'edit-notes', 'control-run', 'watch'],
  editor: ['edit-lab', 'edit-notes', 'control-run', 'watch'],
  commenter: ['edit-notes', 'watch'],
  viewer: ['watch'],
};

export const can = (role: Role, action: Action): boolean => ALLOWED[role].includes(action);
