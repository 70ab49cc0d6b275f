/** Where the hidden-lane kernel has what in its memory: byte offsets, all multiples of 16. */
import type { ToyModel } from '#lib/model/toy';
import type { Arithmetic } from '../arithmetic.ts';
import { FLOAT, LANES, range, VECTOR } from '../emit.ts';

/** Features that are decoded at once; all tables are padded to a multiple of it with features that are never active. */
export const TILE = 8;
/** Samples that are decoded at once. */
export const GROUP = 4;

/** Vectors of a hidden row that are held in variables at once: twice as many (h and ∂h) and an operand fit into 16 registers. */
const LONGEST_CHUNK = 6;
/** Features in a segment: at m = 30, 10 KB each of D, its panels and dD. */
const LONGEST_SEGMENT = 80;
/** bytes of the samples of a block: a part of a second cache of 512 KB */
const BLOCK_BYTES = 131_072;
/** Whether all or a list of its outputs are gone over is said for a block: portable arithmetic keeps to the blocks that its bits are of. */
const LONGEST_BLOCK = { portable: 64, fused: 128 } as const;
const SHORTEST_BLOCK = 8;
/** Features of a model that may be trained by pairs. */
const MOST_PAIRED = 256;

export interface HiddenLaneLayout {
  /** n, padded. */
  readonly features: number;
  /** m, padded to whole chunks; bytes of a row of as many. */
  readonly hidden: number;
  readonly rowBytes: number;
  /** Vectors of a row that are worked on at once; a row has a whole number of chunks. */
  readonly chunk: number;
  /** Features in a segment, the last one perhaps fewer, and how many segments there are. */
  readonly segment: number;
  readonly segments: number;
  /** Samples stored at once. */
  readonly block: number;

  /** 16 permutations of a vector's bytes: number k moves the lanes whose bit is set in k to the front. */
  readonly permutations: number;
  /** 16 vectors: the offsets of the rows of those lanes' features from the first lane's. */
  readonly laneRows: number;
  /** int32 [features], by which `hidden-lane/draw` draws. */
  readonly lastActive: number;
  readonly setStart: number;
  readonly member: number;
  readonly setSize: number;
  /** float32 [features] */
  readonly scale: number;
  readonly importance: number;
  /** float64 [features] */
  readonly importanceDoubles: number;
  /** float32 [features, hidden]; of a tied model both are one. Behind them b, and after it both of Adam's moments of all this. */
  readonly encoder: number;
  readonly decoder: number;
  readonly b: number;
  readonly first: number;
  readonly second: number;
  /** The decoder again: float32 [features / TILE, m, TILE], and the bytes of one panel. */
  readonly panels: number;
  readonly panelBytes: number;
  /** Sums of dE, dD (again one of a tied model) and db. */
  readonly encoderGradient: number;
  readonly decoderGradient: number;
  readonly biasGradient: number;
  /** bytes of all sums, from encoderGradient on. */
  readonly gradientBytes: number;
  /** Lane-wise sum, one vector. */
  readonly loss: number;

  /** float32 [n, m], and a vector: a tensor as a state holds it, on its way. */
  readonly staging: number;
  /** int32: how many samples are stored. */
  readonly slots: number;
  /** float32 [block, features] */
  readonly x: number;
  /** Each sample's active features: values (float32) and the offsets of their rows (int32). */
  readonly activeValues: number;
  readonly activeRows: number;
  readonly activeListBytes: number;
  /** int32 [segments + 1, block]: where a segment's part of a sample's list begins. */
  readonly starts: number;
  /** float32 [block, segment]: g of a segment's outputs. */
  readonly g: number;
  /** One vector: how many of them are not 0. */
  readonly fired: number;
  /** One sample's outputs with a gradient, of one segment: g (float32) and row offsets (int32). */
  readonly gradientValues: number;
  readonly gradientRows: number;
  /** float32 [features, features], in rows of so many bytes, a multiple of rowBytes: M and ∂M of pairs.ts; of other models empty. */
  readonly pairs: number;
  readonly pairGradient: number;
  readonly pairRowBytes: number;
  /** bytes of each */
  readonly pairBytes: number;
  /** float32 [block, hidden]: h and ∂h. */
  readonly h: number;
  readonly dh: number;
  /** bytes in all */
  readonly size: number;
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Vectors of a chunk: all of a row, or the row shared out evenly. */
function chunkOf(m: number): number {
  const rowVectors = Math.ceil(m / LANES);
  return Math.ceil(rowVectors / Math.ceil(rowVectors / LONGEST_CHUNK));
}

/** Features of a segment: all of them, or shared out evenly. */
function segmentOf(features: number): number {
  const tiles = features / TILE;
  return TILE * Math.ceil(tiles / Math.ceil(features / LONGEST_SEGMENT));
}

/** Samples of a block, whose x and list take 12 bytes a feature at most. */
function blockOf(features: number, { isFused }: Arithmetic): number {
  const affordable = Math.floor(BLOCK_BYTES / (features * 3 * FLOAT * GROUP)) * GROUP;
  return Math.max(SHORTEST_BLOCK, Math.min(LONGEST_BLOCK[isFused ? 'fused' : 'portable'], affordable));
}

/** Whether a model may be trained by the pairs of its features: M of more would not stay in a second cache. */
export const knowsPairs = ({ hidden, n }: ToyModel): boolean => hidden === 'linear' && n <= MOST_PAIRED;

/** As many as are gone over: all n features in whole tiles, all m hidden dimensions in whole chunks. */
export function paddedShape({ n, m }: ToyModel): Pick<HiddenLaneLayout, 'features' | 'hidden' | 'chunk'> {
  const chunk = chunkOf(m);
  return { features: roundUp(n, TILE), hidden: roundUp(Math.ceil(m / LANES), chunk) * LANES, chunk };
}

export function hiddenLaneLayout(model: ToyModel, arithmetic: Arithmetic): HiddenLaneLayout {
  const { kind, n, m } = model;
  const { features, hidden, chunk } = paddedShape(model);
  const rowBytes = hidden * FLOAT;
  const panelBytes = m * TILE * FLOAT;
  const segment = segmentOf(features);
  const segments = Math.ceil(features / segment);
  const block = blockOf(features, arithmetic);
  const pairRowBytes = roundUp(features * FLOAT, rowBytes);
  const pairBytes = knowsPairs(model) ? features * pairRowBytes : 0;
  // Packing writes whole vectors: one more than a list can hold.
  const activeListBytes = features * FLOAT + VECTOR;
  const gradientListBytes = segment * FLOAT + VECTOR;

  let end = 0;
  const place = (bytes: number): number => {
    const start = end;
    end = roundUp(end + bytes, VECTOR);
    return start;
  };
  const table = (): number => place(features * FLOAT);
  const matrix = (): number => place(features * rowBytes);
  const permutations = place((1 << LANES) * VECTOR);
  const laneRows = place((1 << LANES) * VECTOR);
  const [lastActive, setStart, member, setSize] = [table(), table(), table(), table()];
  const [scale, importance, importanceDoubles] = [table(), table(), place(2 * features * FLOAT)];
  const encoder = matrix();
  const decoder = kind === 'tied' ? encoder : matrix();
  const b = table();
  const weightBytes = end - encoder;
  const [first, second] = [place(weightBytes), place(weightBytes)];
  const panels = place((features / TILE) * panelBytes);
  const encoderGradient = matrix();
  const decoderGradient = kind === 'tied' ? encoderGradient : matrix();
  const biasGradient = table();
  const gradientBytes = end - encoderGradient;
  return {
    ...{ features, hidden, rowBytes, chunk, segment, segments, block },
    ...{ permutations, laneRows, lastActive, setStart, member, setSize, scale, importance, importanceDoubles },
    ...{
      encoder,
      decoder,
      b,
      first,
      second,
      panels,
      panelBytes,
      encoderGradient,
      decoderGradient,
      biasGradient,
      gradientBytes,
    },
    ...{ pairs: place(pairBytes), pairGradient: place(pairBytes), pairRowBytes, pairBytes },
    loss: place(VECTOR),
    staging: place(n * m * FLOAT + VECTOR),
    slots: place(VECTOR),
    x: place(block * features * FLOAT),
    activeValues: place(block * activeListBytes),
    activeRows: place(block * activeListBytes),
    activeListBytes,
    starts: place((segments + 1) * block * FLOAT),
    g: place(block * segment * FLOAT),
    fired: place(VECTOR),
    gradientValues: place(gradientListBytes),
    gradientRows: place(gradientListBytes),
    h: place(block * rowBytes),
    dh: place(block * rowBytes),
    size: end,
  };
}

/** For each of the 16 sets of lanes: the offsets of its features' rows, packed as the permutations pack the lanes. */
export const laneRowOffsets = (
  { rowBytes }: Pick<HiddenLaneLayout, 'rowBytes'>,
  packed: (kept: number) => readonly number[],
): Int32Array => Int32Array.from(range(1 << LANES).flatMap((kept) => packed(kept).map((lane) => lane * rowBytes)));
