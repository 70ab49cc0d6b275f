/** Where a section of the paper begins, by the anchors that other pages link to. A section without an anchor of its own leads to the paper. */
export const PAPER = 'https://transformer-circuits.pub/2022/toy_model/index.html';

const ANCHORS: Readonly<Record<string, string>> = {
  'Demonstrating Superposition': 'demonstrating',
  'Mathematical Understanding': 'demonstrating-math',
  'Superposition as a Phase Change': 'phase-change',
  'The Geometry of Superposition': 'geometry',
};

export function paperLink(section: string): string {
  const anchor = ANCHORS[section];
  return anchor === undefined ? PAPER : `${PAPER}#${anchor}`;
}
