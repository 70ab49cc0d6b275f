/** Anything that claims to be a frozen recap → one, or a refusal that names the first field that is wrong. Never throws. */
import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/base/result';
import { NOTES_LIMITS } from '#lib/room/limits';
import { KEPT_LIMITS } from '#lib/runs/kept';
import { cellCount } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import { RUN_LIMITS } from '#lib/spec/limits';
import { checkRun } from '#lib/spec/resolve';
import { parse, runSpecSchema } from '#lib/wire/schemas';
import { linkBytes } from './id.ts';
import { LINK_LIMITS } from './limits.ts';
import type { Link, PackedTensor } from './link.ts';
import { END_PHASES, RECAP_FORMAT, RECAP_SCHEMA, type FrozenRun, type RecapLink } from './recap-link.ts';
import { parseText, readLink } from './schema.ts';
import {
  amendments,
  ascending,
  count,
  hash,
  migrated,
  name,
  note,
  runId,
  tensor,
  time,
  words,
  wrong,
  wrongAmendments,
  wrongNotes,
  wrongTensor,
  wrongText,
  type Broken,
  type Json,
  type Migrations,
} from './schema-parts.ts';

const run = z.strictObject({
  id: runId,
  name: z.string().min(1).max(KEPT_LIMITS.name).nullable(),
  experiment: z.string().max(64),
  startedAt: time,
  startedBy: name.nullable(),
  spec: runSpecSchema,
  specHash: hash,
  amendments,
  source: z.strictObject({ run: runId, step: count.max(RUN_LIMITS.steps) }).nullable(),
  phase: z.enum(END_PHASES),
  step: count.max(RUN_LIMITS.steps),
  picture: tensor.nullable(),
});

const recapSchema = z.strictObject({
  format: z.literal(RECAP_FORMAT),
  schema: z.literal(RECAP_SCHEMA),
  ...words,
  runs: z.array(run).max(LINK_LIMITS.recapRuns),
  notes: z.array(note).max(LINK_LIMITS.notes),
  minutes: z.string().max(NOTES_LIMITS.notepad),
});

const MIGRATIONS: Migrations = {};

export function readRecap(value: unknown, migrations = MIGRATIONS): Result<RecapLink> {
  if (!isRecap(value)) return refuse('invalid', `This is no recap: its format must be "${RECAP_FORMAT}".`, 'format');
  const present = migrated('recap', value, RECAP_SCHEMA, migrations);
  if (!present.ok) return present;
  const parsed = parse(recapSchema, present.value);
  return parsed.ok ? checkRecap(parsed.value) : parsed;
}

const isRecap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && (value as Json)['format'] === RECAP_FORMAT;

/** Whatever has an address under /links: a result, or a recap. */
export const readFrozen = (value: unknown): Result<Link | RecapLink> =>
  isRecap(value) ? readRecap(value) : readLink(value);

/** From text, as from a file or the disk. */
export const parseFrozen = (text: string): Result<Link | RecapLink> => parseText(text, readFrozen);

function checkRecap(recap: RecapLink): Result<RecapLink> {
  const unreadable = wrongText(recap);
  if (unreadable !== undefined) return unreadable;
  const bytes = linkBytes(recap).length;
  if (bytes > LINK_LIMITS.recap)
    return refuse('limit', `A recap has at most ${LINK_LIMITS.recap} bytes; this has ${bytes}.`);
  const broken =
    wrongNotes(recap.notes) ??
    wrong(
      ascending(
        recap.runs.map(({ startedAt }) => startedAt),
        0,
      ),
      'runs',
      'must be in the order in which they began',
    ) ??
    recap.runs.reduce<Broken>((found, each, k) => found ?? wrongRun(`runs.${k}`, each), undefined);
  return broken ?? ok(recap);
}

function wrongRun(field: string, { spec, specHash: told, amendments: all, picture }: FrozenRun): Broken {
  const checked = checkRun(spec);
  if (!checked.ok) return checked;
  const { n, m } = spec.model;
  const cells = picture?.shape[0] === 1 ? 1 : cellCount(spec);
  return (
    wrong(specHash(spec) === told, `${field}.specHash`, 'is not the spec’s') ??
    wrongAmendments(`${field}.amendments`, spec, all) ??
    (picture === null ? undefined : wrongPicture(`${field}.picture`, picture, [cells, n, m]))
  );
}

const wrongPicture = (field: string, picture: PackedTensor, shape: readonly number[]): Broken =>
  wrong(
    Float32Array.BYTES_PER_ELEMENT * shape.reduce((product, extent) => product * extent, 1) <= KEPT_LIMITS.picture,
    field,
    `has at most ${KEPT_LIMITS.picture} bytes`,
  ) ?? wrongTensor(field, picture, shape);
