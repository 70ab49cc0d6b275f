/** Anything that claims to be a link → a link whose parts fit together, or a refusal that names the first that does not. Never throws. */
import { z } from 'zod';
import { isId, type Id } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { weightNames } from '#lib/model/toy';
import { readAnchor } from '#lib/room/anchor';
import { NOTES_LIMITS } from '#lib/room/limits';
import { NAME_LENGTH } from '#lib/room/person';
import { cellCount, cellOf, instanceCount } from '#lib/spec/cells';
import { AMENDMENTS, amendAll } from '#lib/spec/change';
import { specHash } from '#lib/spec/hash';
import { RUN_LIMITS } from '#lib/spec/limits';
import { checkSpec } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { parse, runSpecSchema, specChangeSchema } from '#lib/wire/schemas';
import { LINK_LIMITS } from './limits.ts';
import { isLicence, LINK_FORMAT, LINK_SCHEMA, type Link, type LinkId, type PackedTensor } from './link.ts';

const count = z.int().min(0);
const time = z.number().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const steps = z.array(count.max(RUN_LIMITS.steps)).min(1);
const indices = z
  .array(count.max(RUN_LIMITS.instances - 1))
  .min(1)
  .max(RUN_LIMITS.instances);
const name = z
  .string()
  .min(1)
  .max(2 * NAME_LENGTH);

const tensor = z.strictObject({
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

const linkSchema = z.strictObject({
  format: z.literal(LINK_FORMAT),
  schema: z.literal(LINK_SCHEMA),
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
  experiment: z.string().max(64),
  item: z.string().max(NOTES_LIMITS.id),
  run: z
    .string()
    .refine(isId, 'is not a run’s id')
    .transform((id) => id as Id<'run'>),
  spec: runSpecSchema,
  specHash: hash,
  amendments: z.array(z.strictObject({ step: count, change: specChangeSchema })).max(AMENDMENTS),
  start: z.array(tensor).max(3).nullable(),
  engine: z.strictObject({
    name: z.string().min(1).max(64),
    device: z.string().max(200),
    revision: count.nullable(),
    handOvers: count,
  }),
  result: z.strictObject({
    step: count.max(RUN_LIMITS.steps),
    evaluationLoss: z.array(z.number().nullable()).max(RUN_LIMITS.instances),
    weightsHash: hash,
  }),
  weights: z.strictObject({ instances: indices, tensors: z.array(tensor).min(1).max(3) }),
  timeline: z.strictObject({ steps, instances: indices, tensors: z.array(tensor).min(1).max(3) }),
  losses: z.strictObject({ steps: z.array(count), values: tensor }),
  notes: z.array(z.strictObject({ ...entry, anchor, replies: z.array(z.strictObject(entry)) })).max(LINK_LIMITS.notes),
});

type Json = Readonly<Record<string, unknown>>;

/** `MIGRATIONS[v]` takes a link of schema v to v + 1. One that was released is never changed: links stay. */
const MIGRATIONS: Readonly<Record<number, (link: Json) => Json>> = {};

export function readLink(value: unknown, migrations = MIGRATIONS): Result<Link> {
  if (typeof value !== 'object' || value === null || (value as Json)['format'] !== LINK_FORMAT)
    return refuse('invalid', `This is no link: its format must be "${LINK_FORMAT}".`, 'format');
  const present = migrated(value as Json, migrations);
  if (!present.ok) return present;
  const parsed = parse(linkSchema, present.value);
  return parsed.ok ? checkLink(parsed.value) : parsed;
}

/** From text, as from a file or the wire. */
export function parseLink(text: string): Result<Link> {
  if (text.length > LINK_LIMITS.bytes)
    return refuse('limit', `A link has at most ${LINK_LIMITS.bytes} bytes; this has ${text.length}.`);
  try {
    return readLink(JSON.parse(text));
  } catch {
    return refuse('invalid', 'This is no link: it is not JSON.');
  }
}

function migrated(link: Json, migrations: typeof MIGRATIONS): Result<Json> {
  const { schema } = link;
  if (schema === LINK_SCHEMA) return ok(link);
  if (typeof schema === 'number' && schema > LINK_SCHEMA)
    return refuse('invalid', 'This link was made by a newer version of Polytope: open it with that one.', 'schema');
  const step = typeof schema === 'number' && Object.hasOwn(migrations, schema) ? migrations[schema] : undefined;
  return step === undefined
    ? refuse('invalid', `schema must be a whole number up to ${LINK_SCHEMA}.`, 'schema')
    : migrated(step(link), migrations);
}

/** What no schema of single fields says: that they are of one run. */
function checkLink(link: Link): Result<Link> {
  const { spec, amendments, result, weights, timeline, losses, start } = link;
  const checked = checkSpec(spec);
  if (!checked.ok) return checked;
  const [instances, cells] = [instanceCount(spec), cellCount(spec)];
  const broken =
    wrong(specHash(spec) === link.specHash, 'specHash', 'is not the spec’s') ??
    wrong(result.evaluationLoss.length === instances, 'result.evaluationLoss', `must have ${instances} entries`) ??
    wrong(result.step === spec.steps, 'result.step', 'must be the spec’s last step: only a finished run is a link') ??
    wrong(
      ascending(
        amendments.map(({ step }) => step),
        0,
      ),
      'amendments',
      'must ascend by step',
    ) ??
    wrong(amendments.every(fits(spec)), 'amendments', 'must each fit the spec') ??
    wrong(ascending(weights.instances) && below(weights.instances, instances), 'weights.instances', 'must ascend') ??
    wrongTensors('weights.tensors', weights.tensors, spec, [weights.instances.length]) ??
    wrong(isOnePerCell(timeline.instances, spec), 'timeline.instances', 'must be one of each cell') ??
    wrong(ascending(timeline.steps), 'timeline.steps', 'must ascend') ??
    wrong(timeline.steps.at(-1) === result.step, 'timeline.steps', 'must end with the result') ??
    wrong(timeline.steps.length <= RUN_LIMITS.instances, 'timeline.steps', 'are too many') ??
    wrongTensors('timeline.tensors', timeline.tensors, spec, [timeline.steps.length, cells]) ??
    (start === null ? undefined : wrongTensors('start', start, spec, [instances])) ??
    wrong(ascending(losses.steps), 'losses.steps', 'must ascend') ??
    wrongTensor('losses.values', losses.values, [losses.steps.length, cells]);
  return broken ?? ok(link);
}

type Broken = Result<never> | undefined;

const wrong = (right: boolean, field: string, why: string): Broken =>
  right ? undefined : refuse('invalid', `${field} ${why}.`, field);

/** Every change leaves a spec that could be trained. */
const fits =
  (spec: RunSpec) =>
  (_: unknown, k: number, all: Link['amendments']): boolean =>
    checkSpec(amendAll(spec, all.slice(0, k + 1))).ok;

const ascending = (values: readonly number[], by = 1): boolean =>
  values.every((value, k) => k === 0 || value >= (values[k - 1] ?? 0) + by);

const below = (values: readonly number[], limit: number): boolean => values.every((value) => value < limit);

const isOnePerCell = (instances: readonly number[], spec: RunSpec): boolean =>
  instances.length === cellCount(spec) && instances.every((instance, cell) => cellOf(spec, instance) === cell);

/** The model's tensors, in their order, each over `leading` axes. */
function wrongTensors(
  field: string,
  tensors: readonly PackedTensor[],
  spec: RunSpec,
  leading: readonly number[],
): Broken {
  const { n, m } = spec.model;
  const names = weightNames(spec.model);
  if (tensors.length !== names.length || tensors.some((held, k) => held.name !== names[k]))
    return refuse('invalid', `${field} must be ${names.join(', ')}.`, field);
  for (const held of tensors) {
    const broken = wrongTensor(`${field}.${held.name}`, held, [...leading, ...(held.name === 'b' ? [n] : [n, m])]);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function wrongTensor(field: string, { shape, data }: PackedTensor, wanted: readonly number[]): Broken {
  if (shape.length !== wanted.length || shape.some((extent, k) => extent !== wanted[k]))
    return refuse('invalid', `${field}.shape must be [${wanted.join(', ')}].`, `${field}.shape`);
  const bytes = 4 * wanted.reduce((product, extent) => product * extent, 1);
  return wrong(
    data.length === 4 * Math.ceil(bytes / 3) && /^[A-Za-z0-9+/]*={0,2}$/.test(data),
    `${field}.data`,
    `must be base64 of ${bytes} bytes`,
  );
}
