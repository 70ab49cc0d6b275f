/** How far people may grow the document `lab` through the interface. */
export const LAB_LIMITS = {
  /** items of a room's agenda */
  agenda: 24,
  /** characters of a room's title */
  title: 80,
  /** characters of an agenda item's name */
  label: 60,
} as const;

/** How far an owner may grow a room's settings. */
export const ROOM_LIMITS = {
  /** invitations that are valid at once */
  invites: 50,
  /** days for which an invitation may last, where it is not for ever */
  inviteDays: 366,
  /** people with a role of their own: twice the seats */
  givenRoles: 400,
} as const;

/** How far people may grow the document `notes`. */
export const NOTES_LIMITS = {
  /** notes and replies of a room together: a term of seminars */
  entries: 5_000,
  /** characters of one note or reply, Markdown */
  text: 4_000,
  /** characters of an anchor as JSON */
  anchor: 2_000,
  /** characters of an id, and of a label in an anchor */
  id: 64,
  /** ms since 1970 at which it is written: the last that a date can be; none is before 1970 */
  time: 8.64e15,
  /** values that an anchor quotes */
  quotes: 8,
  /** people whose names a document of notes keeps: whoever wrote there */
  authors: 2_000,
  /** characters of the notepad: the minutes of many meetings */
  notepad: 200_000,
} as const;

/** How far people may grow what they do together at one moment. Nothing of it is on disk. */
export const COMPANY_LIMITS = {
  /** characters of a question with which a hand is raised */
  question: 200,
  /** panels that one looks at at once */
  panels: 8,
  /** tries that are before the room at once; the oldest makes way */
  tries: 8,
  /** bytes of the frames of one: every frame of the introduction's best replicas is 80 kB */
  tryBytes: 1_000_000,
  /** kept frames of one, as many as a timeline has */
  tryFrames: 128,
  /** points of its curve, and losses in all of them together */
  tryPoints: 128,
  tryLosses: 50_000,
} as const;
