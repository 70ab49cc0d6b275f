/** What the schemas of frozen things share: their words, their notes, their tensors, and how an old one is brought forward. */
import { z } from 'zod';
import { isId, type Id } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { readAnchor } from '#lib/room/anchor';
import { NOTES_LIMITS } from '#lib/room/limits';
import { NAME_LENGTH } from '#lib/room/person';
import { AMENDMENTS, amendAll, type Amendment } from '#lib/spec/change';
import { checkSpec } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { specChangeSchema } from '#lib/wire/schemas';
import { LINK_LIMITS } from './limits.ts';
import { isLicence, type LinkId, type LinkNote, type PackedTensor } from './link.ts';
import { countNotes } from './notes.ts';

export const count = z.int().min(0);
export const time = z.number().min(0).max(NOTES_LIMITS.time);
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const name = z
  .string()
  .min(1)
  .max(2 * NAME_LENGTH);

export const tensor = z.strictObject({
  name: z.string().max(8),
  dtype: z.literal('float32'),
  shape: z.array(count).min(1).max(4),
  data: z.string(),
});

const entry = {
  id: z.string().max(NOTES_LIMITS.id),
  author: name.nullable(),
  at: time,
  text: z.string().min(1).max(NOTES_LIMITS.text),
};

const anchor = z.unknown().transform((value, context) => {
  const read = readAnchor(value);
  if (read === null && value !== null) context.addIssue('is no anchor');
  return read;
});

export const note = z.strictObject({
  ...entry,
  anchor,
  replies: z.array(z.strictObject(entry)).max(LINK_LIMITS.notes),
});

export const runId = z
  .string()
  .refine(isId, 'is not a run’s id')
  .transform((id) => id as Id<'run'>);

export const amendments = z.array(z.strictObject({ step: count, change: specChangeSchema })).max(AMENDMENTS);

/** What every frozen thing says of itself. */
export const words = {
  title: z.string().min(1).max(LINK_LIMITS.title),
  authors: z.array(name).max(LINK_LIMITS.authors),
  licence: z
    .string()
    .refine(isLicence, 'is not a licence that is offered')
    .transform((licence) => licence),
  madeAt: time,
  supersedes: z
    .string()
    .refine(isId, 'is not a link’s id')
    .transform((id) => id as LinkId)
    .nullable(),
};

export type Json = Readonly<Record<string, unknown>>;

/** `migrations[v]` takes a value of schema v to v + 1. One that was released is never changed: what is frozen stays. */
export type Migrations = Readonly<Record<number, (value: Json) => Json>>;

/** `value` as the present schema has it. `noun`: what it is, in a refusal. */
export function migrated(noun: string, value: Json, present: number, migrations: Migrations): Result<Json> {
  const { schema } = value;
  if (schema === present) return ok(value);
  if (typeof schema === 'number' && schema > present)
    return refuse('invalid', `This ${noun} was made by a newer version of Polytope: open it with that one.`, 'schema');
  const step = typeof schema === 'number' && Object.hasOwn(migrations, schema) ? migrations[schema] : undefined;
  return step === undefined
    ? refuse('invalid', `schema must be a whole number up to ${present}.`, 'schema')
    : migrated(noun, step(value), present, migrations);
}

/** Half a character (a lone surrogate) can be said in JSON, but has no bytes. */
export const wrongText = (value: unknown): Broken =>
  wrong(isWellFormed(value), 'text', 'has half a character somewhere: take it out');

const isWellFormed = (value: unknown): boolean =>
  typeof value === 'string'
    ? !/\p{Cs}/u.test(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(isWellFormed);

export type Broken = Result<never> | undefined;

export const wrong = (right: boolean, field: string, why: string): Broken =>
  right ? undefined : refuse('invalid', `${field} ${why}.`, field);

/** Notes and replies together are no more than are chosen in a room. */
export const wrongNotes = (notes: readonly LinkNote[]): Broken =>
  wrong(countNotes(notes) <= LINK_LIMITS.notes, 'notes', `have at most ${LINK_LIMITS.notes} notes and replies`);

/** They ascend by step, and each leaves a spec that could be trained. */
export const wrongAmendments = (field: string, spec: RunSpec, all: readonly Amendment[]): Broken =>
  wrong(
    ascending(
      all.map(({ step }) => step),
      0,
    ),
    field,
    'must ascend by step',
  ) ?? wrong(all.every(fits(spec)), field, 'must each fit the spec');

const fits =
  (spec: RunSpec) =>
  (_: unknown, k: number, all: readonly Amendment[]): boolean =>
    checkSpec(amendAll(spec, all.slice(0, k + 1))).ok;

export const ascending = (values: readonly number[], by = 1): boolean =>
  values.every((value, k) => k === 0 || value >= (values[k - 1] ?? 0) + by);

export function wrongTensor(field: string, { shape, data }: PackedTensor, wanted: readonly number[]): Broken {
  if (shape.length !== wanted.length || shape.some((extent, k) => extent !== wanted[k]))
    return refuse('invalid', `${field}.shape must be [${wanted.join(', ')}].`, `${field}.shape`);
  const bytes = 4 * wanted.reduce((product, extent) => product * extent, 1);
  const [letters = '', padding = ''] = /^[A-Za-z0-9+/]*(={0,2})$/.exec(data) ?? [];
  return wrong(
    letters.length === 4 * Math.ceil(bytes / 3) && padding.length === (3 - (bytes % 3)) % 3,
    `${field}.data`,
    `must be base64 of ${bytes} bytes`,
  );
}
