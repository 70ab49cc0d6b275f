/** What the represented features of a model form, in words: "pentagon", "two digons", "irregular triangle". */
import type { Numbers } from '#lib/base/matrix';
import { dimensionality } from '#lib/measure/dimensionality';
import { polytopes, type Polytope } from '#lib/measure/polytope';
import type { Shape } from '#lib/model/shape';

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

export function shapeName(W: Numbers, shape: Shape): string {
  const shares = dimensionality(W, shape);
  const counts = new Map<string, number>();
  for (const polytope of polytopes(W, shape)) {
    const name = isRegular(polytope, shares) ? polytope.name : `irregular ${polytope.name}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0) return 'nothing yet';
  const names = [...counts].map(([name, count]) => (count === 1 ? name : `${NUMBERS[count] ?? count} ${plural(name)}`));
  return names.length > MOST_NAMES ? 'no simple shape' : names.join(' and ');
}

/** More kinds than this are no name but a list. */
const MOST_NAMES = 3;

/** A feature's dimensionality may be off its even share by this much; trained shapes are within a tenth. */
const IRREGULAR = 0.15;

/** k features that share d dimensions evenly have d/k each (paper, "The Geometry of Superposition"). */
function isRegular({ features, rank, name }: Polytope, shares: Float64Array): boolean {
  const even = rank / features.length;
  const isNamedByCount = name.includes('features');
  return isNamedByCount || features.every((feature) => Math.abs((shares[feature] ?? 0) / even - 1) < IRREGULAR);
}

const plural = (name: string): string => (name.endsWith('x') ? `${name.slice(0, -1)}ces` : `${name}s`);
