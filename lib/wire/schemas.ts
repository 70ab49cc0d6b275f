/** Every message a client may send, as a schema. The server parses with these before it looks at anything. */
import { z } from 'zod';
import { isId, type Id, type PersonId, type RoomId, type RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { LOOK_FIGURES, type CompanyCommand } from '#lib/room/company';
import { POINT_BYTES } from '#lib/room/cursor';
import { COMPANY_LIMITS, ROOM_LIMITS } from '#lib/room/limits';
import { NAME_LENGTH, PERSON_COLOURS } from '#lib/room/person';
import { GIVEN_ROLES } from '#lib/room/roles';
import { KEPT_LIMITS } from '#lib/runs/kept';
import { isParameterKey } from '#lib/spec/parameters';
import { RUN_LIMITS } from '#lib/spec/limits';
import { AXES, SPEC_SCHEMA, type DataSpec, type ModelSpec, type RunSpec } from '#lib/spec/spec';
import { LIMITS } from './limits.ts';

// The Content-Security-Policy forbids eval; zod's compiled parsers need it.
z.config({ jitless: true });

const count = z.int().min(0);
const roomId = z
  .string()
  .refine(isId, 'is not an id')
  .transform((id) => id as RoomId);
const runId = z
  .string()
  .refine(isId, 'is not an id')
  .transform((id) => id as RunId);
const personId = z
  .string()
  .refine(isId, 'is not an id')
  .transform((id) => id as PersonId);
/** A capability is 128 bits, as an id is. */
const key = z.string().refine(isId, 'is not a key');
const colour = z
  .int()
  .min(0)
  .max(PERSON_COLOURS.length - 1);
const name = z
  .string()
  .min(1)
  .max(4 * NAME_LENGTH);
/** One that is not known may be told of; half a character has no bytes in a link. */
const experiment = z
  .string()
  .max(64)
  .refine((text) => !/\p{Cs}/u.test(text), 'has half a character');
const place = z.enum(['browser', 'server']);
const lossList = z
  .array(
    z
      .number()
      .or(z.null())
      .transform((loss) => loss ?? Number.NaN),
  )
  .max(RUN_LIMITS.instances);

const formula = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('geometric'),
    from: z.number().positive(),
    to: z.number().positive(),
    count: z.int().min(2),
  }),
  z.strictObject({ kind: z.literal('list'), values: z.array(z.number()).min(1).max(RUN_LIMITS.instances) }),
]);

const activation = z.enum(['relu', 'linear']);

const commonModel = {
  n: z.int().min(1).max(RUN_LIMITS.features),
  m: z.int().min(1).max(RUN_LIMITS.hidden),
  output: activation,
  initScale: z.number().min(0).max(100),
};

const modelSpec: z.ZodType<ModelSpec> = z.discriminatedUnion('kind', [
  z.strictObject({ ...commonModel, kind: z.literal('tied'), hidden: z.literal('relu').exactOptional() }),
  z.strictObject({ ...commonModel, kind: z.literal('untied'), hidden: activation, target: z.enum(['x', 'abs']) }),
]);

const axes = z.array(z.strictObject({ over: z.enum(AXES), values: formula })).max(AXES.length);
const density = z.number().positive().max(1);
const learningRate = z.number().positive().max(10);
const factor = z.number().positive().max(1_000_000);

const importance = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('power'), base: z.number().positive().max(10) }),
  z.strictObject({ kind: z.literal('geometric'), last: factor }),
]);

const commonData = {
  density,
  relativeDensity: factor.exactOptional(),
  importance,
  relativeImportance: factor.exactOptional(),
};
const setSize = z.int().min(1).max(RUN_LIMITS.features);

const dataSpec: z.ZodType<DataSpec> = z.discriminatedUnion('kind', [
  z.strictObject({ ...commonData, kind: z.literal('independent') }),
  z.strictObject({ ...commonData, kind: z.literal('signed') }),
  z.strictObject({ ...commonData, kind: z.literal('correlated'), setSize }),
  z.strictObject({ ...commonData, kind: z.literal('anticorrelated'), setSize }),
  z.strictObject({ ...commonData, kind: z.literal('finite'), examples: z.int().min(1).max(RUN_LIMITS.examples) }),
]);

export const runSpecSchema: z.ZodType<RunSpec> = z.strictObject({
  schema: z.literal(SPEC_SCHEMA),
  model: modelSpec,
  data: dataSpec,
  axes,
  replicas: z.int().min(1).max(RUN_LIMITS.instances),
  optimizer: z.strictObject({
    kind: z.literal('adamw'),
    learningRate,
    schedule: z.enum(['constant', 'linear', 'cosine']),
    beta1: z.number().min(0).lt(1),
    beta2: z.number().min(0).lt(1),
    epsilon: z.number().positive().max(1),
    weightDecay: z.number().min(0).max(10),
  }),
  batch: z.int().min(1).max(RUN_LIMITS.batch),
  steps: z.int().min(1).max(RUN_LIMITS.steps),
  seed: z.int().min(0).max(0xffffffff),
});

export const joinSchema = z.strictObject({
  protocol: z.int(),
  room: roomId,
  name,
  colour,
  seat: z.boolean(),
  keys: z.array(key).max(LIMITS.keys).optional(),
  holds: z.strictObject({ run: runId, lease: count }).optional(),
});

const givenRole = z.enum(GIVEN_ROLES);
const inviteId = z.string().refine(isId, 'is not an id');

export const manageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('look') }),
  z.strictObject({ type: z.literal('delete') }),
  z.strictObject({ type: z.literal('default-role'), role: givenRole }),
  z.strictObject({
    type: z.literal('invite'),
    role: givenRole,
    days: z.int().min(1).max(ROOM_LIMITS.inviteDays).nullable(),
  }),
  z.strictObject({ type: z.literal('revoke'), invite: inviteId }),
  z.strictObject({ type: z.literal('rotate'), invite: inviteId }),
  z.strictObject({ type: z.literal('give-role'), person: personId, role: givenRole.nullable() }),
  z.strictObject({ type: z.literal('goes-on-by-itself'), allowed: z.boolean() }),
]);

export const renameSchema = z.strictObject({ name, colour });

export const touchSchema = z
  .strictObject({
    item: z.string().max(64),
    parameter: z
      .string()
      .refine(isParameterKey, 'is not a parameter')
      .transform((key) => key),
    value: z.number().or(z.string().max(32)),
  })
  .nullable();

const lookFigure = z.enum(LOOK_FIGURES);

export const lookSchema = z.strictObject({
  look: z
    .strictObject({
      item: z.string().max(64),
      run: runId.nullable(),
      cell: count.max(RUN_LIMITS.tiles * RUN_LIMITS.instances),
      figure: lookFigure,
      step: count.max(RUN_LIMITS.steps).nullable(),
      trying: z.boolean(),
    })
    .nullable(),
  figures: z.array(lookFigure).max(COMPANY_LIMITS.panels),
  follows: personId.nullable(),
  hidden: z.boolean(),
});

export const pointSchema = z
  .instanceof(Uint8Array)
  .refine(({ length }) => length === POINT_BYTES, `must be ${POINT_BYTES} bytes`);

export const companySchema: z.ZodType<CompanyCommand> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lead') }),
  z.strictObject({ type: z.literal('give-lead'), to: personId.nullable() }),
  z.strictObject({ type: z.literal('take-knobs') }),
  z.strictObject({ type: z.literal('give-knobs'), to: personId.nullable() }),
  z.strictObject({ type: z.literal('raise'), question: z.string().max(4 * COMPANY_LIMITS.question) }),
  z.strictObject({ type: z.literal('lower'), person: personId }),
]);

/** A step of a run that the room may have had. */
const moment = z.strictObject({ run: runId, step: count.max(RUN_LIMITS.steps) });

export const timeSchema = moment.nullable();

export const startSchema = z.strictObject({
  experiment,
  spec: runSpecSchema,
  place,
  paused: z.boolean(),
  source: moment.optional(),
  engine: z.string().max(64).optional(),
});

export const controlSchema = z.strictObject({ run: runId, action: z.enum(['pause', 'resume', 'step', 'stop']) });

/** What of a spec may change while it trains. */
export const specChangeSchema = z.strictObject({
  density: density.optional(),
  importance: importance.optional(),
  axes: axes.optional(),
  learningRate: learningRate.optional(),
});

export const amendSchema = z.strictObject({ run: runId, change: specChangeSchema });

export const continueSchema = z.strictObject({ run: runId, place });

export const checkpointSchema = z.strictObject({
  run: runId,
  lease: count,
  size: count,
  offset: count,
  bytes: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length <= LIMITS.checkpointPart, `must be at most ${LIMITS.checkpointPart} bytes`),
});

export const checkpointPartSchema = z.strictObject({ run: runId, lease: count, step: count, offset: count });

const publishedEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('started'),
    engine: z.strictObject({
      name: z.string().max(64),
      device: z.string().max(200),
      revision: count.nullable().optional(),
    }),
  }),
  z.strictObject({
    type: z.literal('metrics'),
    step: count,
    seconds: z.number(),
    stepsPerSecond: z.number(),
    loss: lossList,
  }),
  z.strictObject({ type: z.literal('paused'), step: count }),
  z.strictObject({ type: z.literal('resumed'), step: count }),
  z.strictObject({ type: z.literal('amended'), step: count, change: specChangeSchema }),
  z.strictObject({
    type: z.literal('finished'),
    step: count,
    seconds: z.number(),
    evaluationLoss: lossList,
    weightsHash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ type: z.literal('stopped'), step: count }),
  z.strictObject({ type: z.literal('failed'), step: count, message: z.string().max(500) }),
]);

const shownMetrics = z.strictObject({
  type: z.literal('metrics'),
  step: count,
  seconds: z.number(),
  stepsPerSecond: z.number(),
  loss: lossList,
});

/** Parameters and frames are held to each other by `server/rooms/tries`. */
export const showSchema = z.strictObject({
  run: runId,
  item: z.string().max(64),
  experiment,
  parameters: z.record(z.string().max(32), z.number().or(z.string().max(32))),
  step: count,
  metrics: z.array(shownMetrics).max(COMPANY_LIMITS.tryPoints),
  evaluationLoss: lossList.nullable(),
  seconds: z.number(),
  frames: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length <= COMPANY_LIMITS.tryBytes, `must be at most ${COMPANY_LIMITS.tryBytes} bytes`),
});

export const putAwaySchema = z.strictObject({ person: personId });

export const triedSchema = z.strictObject({ person: personId, run: runId });

export const publishSchema = z.strictObject({ run: runId, lease: count, event: publishedEvent });

const tensors = z.array(z.string().max(32)).min(1).max(16);
const instances = z.array(count).min(1).max(LIMITS.subscribedInstances);

export const subscribeSchema = z.strictObject({
  run: runId,
  tensors,
  instances,
  maxHz: z.number().min(0).max(LIMITS.framesPerSecond),
});

export const timelineSchema = z.strictObject({ run: runId, tensors, instances });

export const historySchema = z.null();

export const pastSchema = z.strictObject({ run: runId });

export const curateSchema = z.strictObject({
  run: runId,
  change: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('name'), name: z.string().max(4 * KEPT_LIMITS.name) }),
    z.strictObject({ type: z.literal('pin'), pinned: z.boolean() }),
    z.strictObject({ type: z.literal('delete') }),
  ]),
});

const linkId = z
  .string()
  .refine(isId, 'is not a link’s id')
  .transform((id) => id as Id<'link'>);

const freezeFields = {
  title: z.string().max(400),
  authors: z.array(name).max(20),
  licence: z.string().max(32),
  notes: z.array(z.string().max(64)).max(LIMITS.linkNotes),
  named: z.boolean(),
  supersedes: z.strictObject({ link: linkId, key }).nullable(),
};

export const linkRequestSchema = z.strictObject({
  ...freezeFields,
  run: runId,
  item: z.string().max(64),
  again: z.unknown(),
});

export const recapRequestSchema = z.strictObject({
  ...freezeFields,
  runs: z.array(runId).max(KEPT_LIMITS.runs + KEPT_LIMITS.pinned),
  minutes: z.boolean(),
});

export const askNamesSchema = z.strictObject({ people: z.array(personId).max(LIMITS.seats) });

export const lendNameSchema = z.strictObject({ allowed: z.boolean() });

/** Bytes, whatever they hold: `decodeFrame` looks at them. */
export const frameSchema = z.instanceof(Uint8Array);

/** Any value → what the schema makes of it, or a refusal that names the first wrong field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): Result<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  return refuse('invalid', `${field === '' ? 'The message' : field}: ${issue?.message ?? 'is not valid'}.`, field);
}
