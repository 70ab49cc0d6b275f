/** How far people may grow the document `lab` through the interface. */
export const LAB_LIMITS = {
  /** items of a room's agenda */
  agenda: 24,
  /** characters of a room's title */
  title: 80,
  /** characters of an agenda item's name */
  label: 60,
} as const;
