/** What lies in the hidden-lane kernel's memory, as JavaScript writes and reads it. */
import { at } from '#lib/base/matrix';
import { activationThreshold, valueScale, type Distribution } from '#lib/model/data';
import type { ToyModel } from '#lib/model/toy';
import { FLOAT } from '../emit.ts';
import type { HiddenLaneLayout } from './layout.ts';

/** A float32 matrix [n, m] in rows of the kernel's width. */
export interface PaddedMatrix {
  /** Times `factor`. */
  readonly read: (matrix: Float64Array, factor: number) => void;
}

export function paddedMatrix(
  { n, m }: ToyModel,
  { hidden }: HiddenLaneLayout,
  buffer: ArrayBuffer,
  offset: number,
): PaddedMatrix {
  const rows = new Float32Array(buffer, offset, n * hidden);
  return {
    read: (matrix, factor) => {
      for (let i = 0; i < n; i++) for (let k = 0; k < m; k++) matrix[i * m + k] = factor * at(rows, i * hidden + k);
    },
  };
}

/** The stored samples' lists of active features. */
export interface ActiveLists {
  /** A sample's values, a view. */
  readonly values: (slot: number) => Float32Array;
  readonly empty: (slot: number) => void;
}

export function activeLists(layout: HiddenLaneLayout, buffer: ArrayBuffer): ActiveLists {
  const { segments, block, activeValues, activeListBytes } = layout;
  const starts = new Int32Array(buffer, layout.starts, (segments + 1) * block);
  return {
    values: (slot) => {
      const start = starts[slot] ?? NaN;
      const end = starts[segments * block + slot] ?? NaN;
      return new Float32Array(buffer, activeValues + start, (end - start) / FLOAT);
    },
    empty: (slot) => {
      for (let segment = 0; segment <= segments; segment++) starts[segment * block + slot] = slot * activeListBytes;
    },
  };
}

/** 2^-24: a feature that is active because its set is has a whole draw for its value. */
const UNIT_SCALE = 1 / 0x1000000;

/** The tables that `draw` draws by. */
export function writeDistribution(distribution: Distribution, layout: HiddenLaneLayout, buffer: ArrayBuffer): void {
  const { density } = distribution;
  const inSets = distribution.kind === 'correlated' || distribution.kind === 'anticorrelated';
  const longest = inSets ? distribution.setSize : 1;
  const integers = (offset: number): Int32Array => new Int32Array(buffer, offset, density.length);
  const lastActive = integers(layout.lastActive);
  const setStart = integers(layout.setStart);
  const member = integers(layout.member);
  const setSize = integers(layout.setSize);
  const scale = new Float32Array(buffer, layout.scale, density.length);
  density.forEach((_, i) => {
    const start = i - (i % longest);
    const p = at(density, start);
    const threshold = activationThreshold(p);
    // Active where its random bits are at most threshold − 1; a feature that never is has the value 0 instead.
    lastActive[i] = Math.max(0, threshold - 1);
    scale[i] = threshold === 0 ? 0 : inSets ? UNIT_SCALE : valueScale(p);
    setStart[i] = start;
    member[i] = i - start;
    setSize[i] = Math.min(longest, density.length - start);
  });
}
