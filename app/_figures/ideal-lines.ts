/** Where two ideal strategies cost the same (lib/measure/exact/strategies): the theory's boundaries over a phase diagram. */
import {
  bestStrategy,
  ignoredBoundary,
  THREE_IN_TWO,
  TRIPLE_DENSITY,
  TWO_IN_ONE,
  type Strategy,
} from '#lib/measure/exact/strategies';
import type { CellParameters } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';

/** Relative importance r, density p. */
export type IdealLine = readonly (readonly [r: number, p: number])[];

/** Far beyond any diagram. */
const FAR = 1e3;

/** [points] of a curve, enough that it looks like one */
const POINTS = 48;

/** Boundaries of the strategies for the spec's last feature; none where they are not known in closed form, or have no place on an axis. */
export function idealLines(spec: RunSpec): readonly IdealLine[] {
  if (!isKnown(spec) || !spec.axes.every(hasPlaces)) return [];
  return spec.model.n === 2 ? LINES_OF_TWO : LINES_OF_THREE;
}

/** A list's values, and ends that are alike, are no scale. */
const hasPlaces = ({ values }: Axis): boolean => values.kind === 'geometric' && values.from !== values.to;

function isKnown({ model, data, axes }: RunSpec): boolean {
  const isIdeal =
    model.kind === 'tied' && model.output === 'relu' && model.hidden !== 'relu' && data.kind === 'independent';
  const isUniform =
    data.importance.kind === 'power' && data.importance.base === 1 && data.relativeDensity === undefined;
  const isDiagram = axes.map(({ over }) => over).join() === 'density,relativeImportance';
  const isStudied = (model.n === 2 && model.m === 1) || (model.n === 3 && model.m === 2);
  return isIdeal && isUniform && isDiagram && isStudied;
}

/** The ideal strategy that costs least in a cell, in words; null where they are not known. */
export function bestIdeal(spec: RunSpec, { density, relativeImportance }: CellParameters): string | null {
  if (!isKnown(spec)) return null;
  const strategies = spec.model.n === 2 ? TWO_IN_ONE : THREE_IN_TWO;
  return IN_WORDS[bestStrategy(strategies, density, relativeImportance).strategy];
}

const IN_WORDS: Readonly<Record<Strategy, string>> = {
  ignored: 'not represented',
  dedicated: 'a dimension of its own',
  superposed: 'in superposition',
  'others superposed': 'its own, the others share',
};

/** r from 1 down to nothing, or up: both curves are one, seen from either side. */
const curve = (up: boolean): IdealLine =>
  Array.from({ length: POINTS }, (_, k) => {
    const r = FAR ** (-k / (POINTS - 1));
    return [up ? 1 / r : r, ignoredBoundary(r)];
  });

const LINES_OF_TWO: readonly IdealLine[] = [
  curve(false),
  curve(true),
  [
    [1, TRIPLE_DENSITY],
    [1, FAR],
  ],
];

const LINES_OF_THREE: readonly IdealLine[] = [
  curve(false),
  [
    [1, 1 / FAR],
    [1, FAR],
  ],
  [
    [1, TRIPLE_DENSITY],
    [FAR, TRIPLE_DENSITY],
  ],
];
