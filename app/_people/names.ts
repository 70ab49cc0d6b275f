/** A friendly name to join under, for who does not care to type one. */
const QUALITIES = ['Curious', 'Patient', 'Quiet', 'Bold', 'Kind', 'Bright', 'Careful', 'Merry', 'Calm', 'Swift'];
const PEOPLE = [
  'Euler',
  'Noether',
  'Coxeter',
  'Germain',
  'Gauss',
  'Lovelace',
  'Kepler',
  'Hypatia',
  'Thomson',
  'Mirzakhani',
  'Hopper',
  'Ramanujan',
];

/** random: two numbers in [0, 1) */
export const friendlyName = (random: readonly [number, number]): string =>
  `${pick(QUALITIES, random[0])} ${pick(PEOPLE, random[1])}`;

const pick = (words: readonly string[], random: number): string => words[Math.floor(random * words.length)] ?? '';
