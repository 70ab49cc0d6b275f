/** A room's runs and notes → a frozen recap, and back to what a recap is told of. */
import type { PersonId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { drawnMatrix, type Frame } from '#lib/runs/frame';
import type { KeptRun } from '#lib/runs/kept';
import { linkBytes } from './id.ts';
import { LINK_LIMITS } from './limits.ts';
import type { PackedTensor } from './link.ts';
import { threadsOf } from './notes.ts';
import { packTensor, tensorOf } from './pack.ts';
import { END_PHASES, RECAP_FORMAT, RECAP_SCHEMA, type EndPhase, type FrozenRun, type RecapLink } from './recap-link.ts';
import type { RecapSources, TriedRun } from './recap.ts';

export interface RecapLinkParts extends Pick<
  RecapLink,
  'title' | 'authors' | 'licence' | 'madeAt' | 'supersedes' | 'notes' | 'minutes'
> {
  /** In any order. Those that still train are left out. */
  readonly runs: readonly KeptRun[];
  readonly pictures: ReadonlyMap<string, Frame>;
  readonly nameOf: (person: PersonId) => string | null;
}

export function freezeRecap({ runs, pictures, nameOf, ...words }: RecapLinkParts): Result<RecapLink> {
  const ended = runs.filter(hasEnded).toSorted((a, b) => a.startedAt - b.startedAt);
  if (ended.length === 0 && words.notes.length === 0 && words.minutes.trim() === '') return NOTHING;
  const recap: RecapLink = {
    format: RECAP_FORMAT,
    schema: RECAP_SCHEMA,
    ...words,
    runs: ended.map((run) => frozen(run, pictures.get(run.id), nameOf(run.startedBy.id))),
  };
  return linkBytes(recap).length > LINK_LIMITS.recap ? TOO_LARGE : ok(recap);
}

const NOTHING = refuse('conflict', 'There is nothing to recap: no run has ended, and nothing was written.', 'runs');
const TOO_LARGE = refuse(
  'limit',
  `A recap has at most ${LINK_LIMITS.recap / 1e6} MB: take fewer runs, or fewer notes.`,
  'runs',
);

type EndedRun = KeptRun & { readonly phase: EndPhase };
const hasEnded = (run: KeptRun): run is EndedRun => (END_PHASES as readonly string[]).includes(run.phase);

function frozen(run: EndedRun, picture: Frame | undefined, startedBy: string | null): FrozenRun {
  const { id, name, experiment, spec, specHash, amendments, source, startedAt, phase, step } = run;
  const W = picture && drawnMatrix(picture);
  return {
    ...{ id, name, experiment, spec, specHash, amendments, source, startedAt, startedBy, phase, step },
    picture: W === undefined ? null : packTensor(W),
  };
}

/** What `recapOf` tells it of. */
export const recapSources = ({ runs, notes }: RecapLink): RecapSources => ({
  runs: runs.map((run): TriedRun => ({ ...run, id: run.id as RunId, startedBy: { name: run.startedBy ?? '' } })),
  pictures: new Map(runs.flatMap((run) => (run.picture === null ? [] : [[run.id, pictured(run, run.picture)]]))),
  threads: threadsOf(notes),
});

const pictured = ({ id, step }: FrozenRun, picture: PackedTensor): Frame => ({
  run: id,
  lease: 1,
  seq: 0,
  step,
  from: 0,
  kept: true,
  tensors: [tensorOf(picture)],
});
