/**
 * A link: a frozen result as a value. Everything that a reader needs to see it, trust it and go on with it, and nothing of the room
 * that it comes from. README.md beside this file is its schema for people; `schema.ts` reads what claims to be one.
 *
 * Letters, as in the paper: n features, m hidden dimensions, I instances; F frames, C cells.
 */
import type { Id } from '#lib/base/id';
import type { Anchor } from '#lib/room/anchor';
import type { Amendment } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';

export const LINK_FORMAT = 'polytope-link';
export const LINK_SCHEMA = 1;
/** Of a sweep (`lib/spec/tiles`): a program that knows only the other refuses it as newer, and ordinary links keep their bytes. */
export const SWEEP_SCHEMA = 2;

/** The first 128 bits of the SHA-256 of a link's canonical bytes, as every id is written: who changes the content changes the address. */
export type LinkId = Id<'link'>;

/** What others may do with it. */
export const LICENCES = {
  'CC-BY-4.0': 'CC BY 4.0: use it, name the authors',
  'CC0-1.0': 'CC0 1.0: use it freely',
  MIT: 'MIT',
  'all-rights-reserved': 'All rights reserved',
} as const;
export type Licence = keyof typeof LICENCES;
export const isLicence = (text: string): text is Licence => Object.hasOwn(LICENCES, text);

export interface Link {
  readonly format: typeof LINK_FORMAT;
  readonly schema: typeof LINK_SCHEMA | typeof SWEEP_SCHEMA;
  readonly title: string;
  /** Names as they wish to be cited. May be none. */
  readonly authors: readonly string[];
  readonly licence: Licence;
  /** Server's clock, ms since 1970. */
  readonly madeAt: number;
  /** An earlier link that this one takes the place of. That it does is said by the server, where one may be asked. */
  readonly supersedes: LinkId | null;
  /** Key of the experiment in `lib/experiments`. */
  readonly experiment: string;
  /** As the notes' anchors call them: the agenda's item and the run. */
  readonly item: string;
  readonly run: string;
  /** With `amendments`, and `start` where there is one, all that decides the numbers. */
  readonly spec: RunSpec;
  readonly specHash: string;
  readonly amendments: readonly Amendment[];
  /** Weights of all I instances at step 0, where they are not those of the spec's seed: it went on from another run. */
  readonly start: readonly PackedTensor[] | null;
  readonly engine: LinkEngine;
  readonly result: LinkResult;
  readonly weights: LinkWeights;
  readonly timeline: LinkTimeline;
  readonly losses: LinkLosses;
  readonly notes: readonly LinkNote[];
}

/** What it was trained on. */
export interface LinkEngine {
  /** With its variant, as in `RunRecord.engine`. */
  readonly name: string;
  readonly device: string;
  /** Which version of a portable engine's arithmetic; null: another machine may give other bits. */
  readonly revision: number | null;
  /** How often another trainer went on with it: then not all of it need be this engine's. */
  readonly handOvers: number;
}

export interface LinkResult {
  readonly step: number;
  /** [I] on the fixed evaluation samples; of a sweep [C] of each cell's best, four digits. null: it diverged. */
  readonly evaluationLoss: readonly (number | null)[];
  /** Of all instances' final weights, whether or not all are here. */
  readonly weightsHash: string;
}

/** Row-major float32, little-endian, as base64. */
export interface PackedTensor {
  readonly name: string;
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly data: string;
}

/** The final weights. */
export interface LinkWeights {
  /** Global indices along axis 0, ascending: all I, or of each cell the best. */
  readonly instances: readonly number[];
  readonly tensors: readonly PackedTensor[];
}

/** How the best replica of each cell formed; of a sweep nothing. */
export interface LinkTimeline {
  /** [F] ascending; the last is the result's step. */
  readonly steps: readonly number[];
  /** [C] global indices. */
  readonly instances: readonly number[];
  /** W [F, C, n, m], b [F, C, n] */
  readonly tensors: readonly PackedTensor[];
}

/** The training loss: mean over features, batch and a cell's replicas; of a sweep no points. */
export interface LinkLosses {
  readonly steps: readonly number[];
  /** [points, C]; NaN where it diverged. */
  readonly values: PackedTensor;
}

export interface LinkEntry {
  readonly id: string;
  /** null: their name was left out. */
  readonly author: string | null;
  /** ms since 1970 */
  readonly at: number;
  /** Markdown */
  readonly text: string;
}

export interface LinkNote extends LinkEntry {
  readonly anchor: Anchor | null;
  readonly replies: readonly LinkEntry[];
}
