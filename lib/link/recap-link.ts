/**
 * A recap that is frozen: what a room tried, what came of it and what was said, as a value of its own. It has the address of its
 * content, as a link has, and needs the room no more. README.md beside this file is its schema for people.
 */
import type { KeptRun } from '#lib/runs/kept';
import type { Link, LinkNote, PackedTensor } from './link.ts';

export const RECAP_FORMAT = 'polytope-recap';
export const RECAP_SCHEMA = 1;

export interface RecapLink extends Pick<Link, 'title' | 'authors' | 'licence' | 'madeAt' | 'supersedes'> {
  readonly format: typeof RECAP_FORMAT;
  readonly schema: typeof RECAP_SCHEMA;
  /** In the order in which they began. */
  readonly runs: readonly FrozenRun[];
  readonly notes: readonly LinkNote[];
  /** Markdown; empty: none, or left out. */
  readonly minutes: string;
}

/** A run as its recap tells of it: all that decides its numbers, but for another run's weights where it began with them, and a picture of the end. */
export interface FrozenRun extends Pick<
  KeptRun,
  'experiment' | 'spec' | 'specHash' | 'amendments' | 'source' | 'startedAt' | 'step' | 'name'
> {
  /** As the notes' anchors call it. */
  readonly id: string;
  /** null: their name was left out. */
  readonly startedBy: string | null;
  readonly phase: EndPhase;
  /** W [cells, n, m] of the best replica of each cell; of one cell, or null, where that would be much. */
  readonly picture: PackedTensor | null;
}

export const END_PHASES = ['finished', 'stopped', 'failed'] as const;
export type EndPhase = (typeof END_PHASES)[number];
