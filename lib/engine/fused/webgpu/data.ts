/**
 * lib/model/data as WGSL, written for one kind of data: each number is drawn where it is needed, from its place, by every thread
 * that needs it.
 *
 * Cost in hashes of a number: one; of signed features two, of correlated ones two, of anticorrelated ones three.
 *
 * Tolerance: the same float32 as everywhere, but for the length of a finite set's example: it is summed in float32, and a device's
 * square root and division may be two units in the last place off.
 */
import { HASH } from '#lib/base/random';
import type { Dependence } from '#lib/model/data';
import type { RunSpec } from '#lib/spec/spec';
import { isUneven } from '../../plain.ts';
import { indent } from './wgsl.ts';

/** What the drawing of a spec's data is written for. */
export interface DataShape {
  readonly kind: Dependence['kind'];
  readonly n: number;
  /** Features of a set; 1 where there are no sets. */
  readonly setSize: number;
  /** The first feature has a density of its own. A spec has no other way to say that densities differ within a model. */
  readonly uneven: boolean;
}

export const dataShapeOf = (spec: RunSpec): DataShape => ({
  kind: spec.data.kind,
  n: spec.model.n,
  setSize: spec.data.kind === 'correlated' || spec.data.kind === 'anticorrelated' ? spec.data.setSize : 1,
  uneven: isUneven(spec),
});

/** By what the values of an example are divided at least: one in which nothing is active has no length, and stays as it is. */
export const LEAST_LENGTH = 1e-30;

/** Layout: see `instanceCodes`. */
export const INSTANCE = `
/** What an instance draws its data from. */
struct Instance {
  // The streams' keys before a step is mixed in.
  data: u32, group: u32, member: u32, sign: u32,
  // A draw up to the first number is active; the top 24 bits are multiplied by the second. Of all features, and of the first.
  lastActive: u32, scale: f32, firstLastActive: u32, firstScale: f32,
  // Samples of a batch, examples of a finite set, and 2/(B n)
  samples: u32, examples: u32, factor: f32,
}
`;

/** `keysOf` a step, and `featureValue` of a sample of it. A finite set's values are yet to be divided by their example's length. */
export const dataFunctions = (shape: DataShape): string => `${INSTANCE}
struct Keys { data: u32, group: u32, member: u32, sign: u32, first: u32 }

fn mixed(input: u32) -> u32 {
  var bits = input;
${indent(
  HASH.shifts.flatMap((shift, round) => {
    const multiplier = HASH.multipliers[round];
    return [`bits ^= bits >> ${shift}u;`, ...(multiplier === undefined ? [] : [`bits *= ${multiplier}u;`])];
  }),
).join('\n')}
  return bits;
}

${keysFunction(shape)}

fn featureValue(sample: u32, feature: u32, keys: Keys, data: Instance) -> f32 {
${indent(valueOf(shape)).join('\n')}
}
`;

/** A finite set is drawn once, by the keys of step 0; steps go through it in a circle. */
function keysFunction({ kind }: DataShape): string {
  const key = (stream: string, used: boolean): string =>
    used ? `mixed(data.${stream} ^ ${kind === 'finite' ? '0u' : 'step'})` : '0u';
  const inSets = kind === 'correlated' || kind === 'anticorrelated';
  const keys = [
    key('data', true),
    key('group', inSets),
    key('member', kind === 'anticorrelated'),
    key('sign', kind === 'signed'),
    kind === 'finite' ? '(step * data.samples) % data.examples' : '0u',
  ];
  return `fn keysOf(data: Instance, step: u32) -> Keys {\n  return Keys(${keys.join(', ')});\n}`;
}

function valueOf(shape: DataShape): readonly string[] {
  const { kind, n, setSize } = shape;
  switch (kind) {
    case 'independent':
      return [`let place = sample * ${n}u + feature;`, ...independent(shape), 'return value;'];
    case 'signed':
      return [
        `let place = sample * ${n}u + feature;`,
        ...independent(shape),
        'return select(value, -value, mixed(keys.sign + place) >= 0x80000000u);',
      ];
    case 'finite':
      return [
        `let place = (keys.first + sample) % data.examples * ${n}u + feature;`,
        ...independent(shape),
        'return value;',
      ];
    case 'correlated':
    case 'anticorrelated':
      return [
        `let head = feature - feature % ${setSize}u;`,
        `let place = sample * ${n}u + head;`,
        ...codeOf(shape, 'head'),
        'var chosen = mixed(keys.group + place) <= lastActive;',
        ...(kind === 'anticorrelated'
          ? [
              `let member = ((mixed(keys.member + place) >> 16u) * min(${setSize}u, ${n}u - head)) >> 16u;`,
              'chosen = chosen && head + member == feature;',
            ]
          : []),
        `return select(0.0, f32(mixed(keys.data + sample * ${n}u + feature) >> 8u) * scale, chosen);`,
      ];
  }
}

const independent = (shape: DataShape): readonly string[] => [
  ...codeOf(shape, 'feature'),
  'let bits = mixed(keys.data + place);',
  'let value = select(0.0, f32(bits >> 8u) * scale, bits <= lastActive);',
];

const codeOf = ({ uneven }: DataShape, feature: string): readonly string[] =>
  uneven
    ? [
        `let lastActive = select(data.lastActive, data.firstLastActive, ${feature} == 0u);`,
        `let scale = select(data.scale, data.firstScale, ${feature} == 0u);`,
      ]
    : ['let lastActive = data.lastActive;', 'let scale = data.scale;'];
