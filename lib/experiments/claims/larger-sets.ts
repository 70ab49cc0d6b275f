/** Sets of more than two correlated features: two bases of ten dimensions, and an octahedron of two triangles. */
import { at, type Numbers } from '#lib/base/matrix';
import { square } from '#lib/base/ieee';
import type { Minimum } from '#lib/base/minimise';
import { createEvaluator, type Evaluator } from '#lib/measure/exact/expected-loss';
import { setsOf } from '#lib/measure/exact/law';
import { descendFrom, lowest, randomStarts, withBias, type Optimum } from '#lib/measure/exact/optimum';
import { gram } from '#lib/measure/gram';
import type { Shape } from '#lib/model/shape';
import type { ExactClaim } from '../claim.ts';
import { againstDensity } from './pictures.ts';
import { atLeast, atMost, furthest, least, near } from './quantities.ts';

/** Two sets of m features in m dimensions, all alike. */
const twoSets = (m: number, p: number): Evaluator =>
  createEvaluator({
    model: { n: 2 * m, m, output: 'relu' },
    law: setsOf('correlated', 2, m, p),
    importance: new Array<number>(2 * m).fill(1),
  });

/** WᵀW of two sets of m features: its diagonal, what is within a set, and what is between them. */
function blocksOf(W: Numbers, { n, m }: Shape) {
  const G = gram(W, { n, m });
  const [diagonal, within, across]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const block = i === j ? diagonal : i < m === j < m ? within : across;
      block.push(at(G, i * n + j));
    }
  return { diagonal, within, across };
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
const rms = (values: readonly number[]): number => Math.sqrt(mean(values.map(square)));

const BASES: Shape = { n: 20, m: 10 };

const localBases: ExactClaim = {
  id: 'local-bases',
  section: 'Non-Uniform Superposition',
  sentence:
    'Two correlated sets of ten features in ten dimensions are two orthonormal bases: each set by itself is nearly orthogonal, and all interference is between them.',
  kind: 'exact',
  measure: () =>
    (
      [
        [0.05, 0.05],
        [0.01, 0.015],
      ] as const
    ).flatMap(([p, most]) => {
      const start = randomStarts(BASES, 1)[0] ?? withBias(new Float64Array(200), 20, 0);
      const { diagonal, within, across } = blocksOf(descendFrom(twoSets(10, p), start).W, BASES);
      return [
        near(`‖W‖² at density ${p}`, mean(diagonal), 1, 0.015),
        atMost(`entries within a set, root mean square, at ${p}`, rms(within), most),
        near(`entries between the sets, at ${p} (1/√10 = .316)`, rms(across), 0.316, 0.02),
      ];
    }),
};

const SIX: Shape = { n: 6, m: 3 };

const octahedron: ExactClaim = {
  id: 'octahedron',
  section: 'Superposition and Learning Dynamics',
  sentence:
    'Two correlated sets of three features in three dimensions end as an octahedron: orthogonal within a set, each opposite to one of the other.',
  kind: 'exact',
  measure: () =>
    [0.05, 0.01].flatMap((p) => {
      const { W } = lowest(twoSets(3, p), randomStarts(SIX, 6));
      const { within, across } = blocksOf(W, SIX);
      const opposite = [0, 1, 2, 3, 4, 5].map((i) => least(across.slice(3 * i, 3 * i + 3)));
      return [
        near(`dot products within a set, density ${p}`, furthest(within, 0), 0, 0.05),
        atMost(`with one of the other set, at ${p}`, Math.max(...opposite), -0.95),
      ];
    }),
};

/** W of features 0 to 2 and of 3 to 5, all of a set in one place. */
const placed = (first: readonly number[], second: readonly number[]): Float64Array =>
  Float64Array.from([first, first, first, second, second, second].flat());

/** Where a set's features are all in one place they stay so: what descends there ends at a saddle. */
const saddle = (p: number): Optimum & Minimum =>
  descendFrom(twoSets(3, p), withBias(placed([0.5, 0, 0], [0, 0.5, 0]), 6, 0.01));

/** The minimum that is found from next to it. */
function besideSaddle(p: number): Optimum {
  const { W, b } = saddle(p);
  const [push] = randomStarts(SIX, 1);
  return descendFrom(twoSets(3, p), { W: W.map((value, j) => value + 0.01 * at(push?.W ?? W, j)), b });
}

const plateaus: ExactClaim = {
  id: 'octahedron-plateaus',
  section: 'Superposition and Learning Dynamics',
  sentence:
    'On its way there training rests where each set has one direction: a saddle with dot products of 1/3 within the sets and none between them.',
  kind: 'exact',
  measure() {
    const two = saddle(0.05);
    const { within, across } = blocksOf(two.W, SIX);
    const octahedral = lowest(twoSets(3, 0.05), randomStarts(SIX, 6));
    return [
      near('dot products within a set', furthest(within, 1 / 3), 1 / 3, 0.03),
      near('between the sets', furthest(across, 0), 0, 0.03),
      near('slope there', two.slope, 0, 1e-6),
      atLeast('its loss / that of the octahedron', two.loss / octahedral.loss, 3),
      near('the same of what is found from next to it', besideSaddle(0.05).loss / octahedral.loss, 1, 0.01),
    ];
  },
  picture: againstDensity(
    [0.3, 0.01, 16],
    { y: 'loss', series: ['each set one direction', 'octahedron'] },
    () => (p) => [saddle(p).loss, lowest(twoSets(3, p), randomStarts(SIX, 4)).loss],
  ),
};

export const LARGER_SET_CLAIMS = [localBases, octahedron, plateaus] as const;
