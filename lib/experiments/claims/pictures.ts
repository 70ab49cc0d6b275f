/** Ways to draw a claim: minima that are followed, and curves against the density. */
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { descendFrom } from '#lib/measure/exact/optimum';
import type { TiedWeights } from '#lib/model/tied';
import { linearly, logarithmically, type Picture } from '../picture.ts';

/** The loss of the first branch over that of the second, each followed from x to x: 1 is where they change places. */
export function branchRatio(
  problemAt: (x: number) => Problem,
  starts: () => readonly [TiedWeights, TiedWeights],
): () => (x: number) => readonly number[] {
  return () => {
    let held = starts();
    return (x) => {
      const evaluator = createEvaluator(problemAt(x));
      const [first, second] = [descendFrom(evaluator, held[0]), descendFrom(evaluator, held[1])];
      held = [first, second];
      return [first.loss / second.loss];
    };
  };
}

type AgainstDensity = Pick<Picture, 'y' | 'series' | 'guide' | 'mark'>;

/** Curves against p, linear or over decades. */
export function againstDensity(
  [from, to, count]: readonly [number, number, number],
  words: AgainstDensity,
  begin: Picture['begin'],
): Picture {
  const scale = Math.max(to / from, from / to) > 8 ? 'log' : 'linear';
  const at = scale === 'log' ? logarithmically(from, to, count) : linearly(from, to, count);
  return { x: 'density p', scale, at, begin, ...words };
}
