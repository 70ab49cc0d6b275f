/** Notes that nobody wrote, for looking at: on a feature, a pair and a region, one without a place, and one that is settled. */
import type { Id } from '#lib/base/id';
import type { Anchor, Role, Target } from '#lib/room/anchor';
import type { Thread } from '#lib/room/threads';
import type { NotesState } from '../_session/notes.ts';

type Author = Id<'person'>;
const [ADA, EMMY, HAROLD] = ['Ada Lovelace' as Author, 'Curious Noether' as Author, 'Gone Coxeter' as Author];

const role = (feature: number): Role => ({
  importance: Number((0.9 ** feature).toPrecision(3)),
  norm: 1.1,
  share: 0.4,
  shape: 'pentagon',
  cosines: [-0.81, -0.81, 0.31, 0.31],
});

const anchor = (target: Target, change: Partial<Anchor> = {}): Anchor => ({
  item: 'first',
  run: null,
  instance: 0,
  density: 0.1,
  step: 10_000,
  figure: 'directions',
  target,
  quotes: [{ label: '‖W‖', value: 1.1 }],
  ...change,
});

const thread = (
  number: number,
  author: Author,
  text: string,
  about: Anchor | null,
  rest: Partial<Thread> = {},
): Thread => ({
  id: `note-${number}`,
  number,
  author,
  at: number,
  edited: null,
  text,
  anchor: about,
  resolved: false,
  replies: [],
  ...rest,
});

const REPLY = {
  id: 'reply',
  author: EMMY,
  at: 9,
  edited: 10,
  text: 'Only while all five are equally sparse, I think.',
};

export const fakeNotes: NotesState = {
  threads: [
    thread(
      1,
      ADA,
      'All five at $72^\\circ$: $\\hat W_i \\cdot \\hat W_j = \\cos 72^\\circ \\approx 0.31$ for neighbours.',
      anchor({ kind: 'feature', feature: 2, role: role(2) }),
      { replies: [REPLY] },
    ),
    thread(
      2,
      EMMY,
      'These two are **not** opposite: negative interference is what the ReLU takes away.',
      anchor({ kind: 'pair', features: [0, 2], roles: [role(0), role(2)], cosine: -0.81 }, { figure: 'gram' }),
    ),
    thread(
      3,
      HAROLD,
      'A plateau, then the last feature finds its place.',
      anchor({ kind: 'region', from: [60, 0.005], to: [900, 0.02] }, { figure: 'loss', quotes: [] }),
    ),
    thread(4, ADA, 'What a seventh feature would do.', anchor({ kind: 'feature', feature: 6, role: role(6) })),
    thread(5, EMMY, 'Ten densities are enough.', null, { resolved: true }),
  ],
  authors: new Map([[HAROLD, { name: 'Gone Coxeter', colour: 4 }]]),
  minutes: '# Monday\n\n- The pentagon at $S = 0.9$\n- Next: correlated features\n',
  seenAt: 0,
};
