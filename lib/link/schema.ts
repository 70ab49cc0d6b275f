/** Anything that claims to be a link → a link whose parts fit together, or a refusal that names the first that does not. Never throws. */
import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/base/result';
import { weightNames } from '#lib/model/toy';
import { NOTES_LIMITS } from '#lib/room/limits';
import { cellCount, cellOf, instanceCount } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import { RUN_LIMITS } from '#lib/spec/limits';
import { checkRun } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { holdsWeights, isSweep } from '#lib/spec/tiles';
import { parse, runSpecSchema } from '#lib/wire/schemas';
import { LINK_LIMITS } from './limits.ts';
import { LINK_FORMAT, LINK_SCHEMA, SWEEP_SCHEMA, type Link, type PackedTensor } from './link.ts';
import { RECAP_FORMAT } from './recap-link.ts';
import {
  amendments,
  ascending,
  count,
  hash,
  migrated,
  note,
  runId,
  tensor,
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

const steps = z.array(count.max(RUN_LIMITS.steps)).max(RUN_LIMITS.instances);
const indices = z.array(count).max(LINK_LIMITS.cells);
const tensors = z.array(tensor).max(3);

const linkSchema = z.strictObject({
  format: z.literal(LINK_FORMAT),
  schema: z.literal([LINK_SCHEMA, SWEEP_SCHEMA]),
  ...words,
  experiment: z.string().max(64),
  item: z.string().max(NOTES_LIMITS.id),
  run: runId,
  spec: runSpecSchema,
  specHash: hash,
  amendments,
  start: tensors.nullable(),
  engine: z.strictObject({
    name: z.string().min(1).max(64),
    device: z.string().max(200),
    revision: count.nullable(),
    handOvers: count,
  }),
  result: z.strictObject({
    step: count.max(RUN_LIMITS.steps),
    evaluationLoss: z.array(z.number().nullable()).max(LINK_LIMITS.cells),
    weightsHash: hash,
  }),
  weights: z.strictObject({ instances: indices, tensors }),
  timeline: z.strictObject({ steps, instances: indices, tensors }),
  losses: z.strictObject({ steps: z.array(count), values: tensor }),
  notes: z.array(note).max(LINK_LIMITS.notes),
});

const MIGRATIONS: Migrations = {};

export function readLink(value: unknown, migrations = MIGRATIONS): Result<Link> {
  if (typeof value === 'object' && value !== null && (value as Json)['format'] === RECAP_FORMAT) return A_RECAP;
  if (typeof value !== 'object' || value === null || (value as Json)['format'] !== LINK_FORMAT)
    return refuse('invalid', `This is no link: its format must be "${LINK_FORMAT}".`, 'format');
  const known = (value as Json)['schema'] === SWEEP_SCHEMA ? SWEEP_SCHEMA : LINK_SCHEMA;
  const present = migrated('link', value as Json, known, migrations);
  if (!present.ok) return present;
  const parsed = parse(linkSchema, present.value);
  return parsed.ok ? checkLink(parsed.value) : parsed;
}

const A_RECAP = refuse('invalid', 'This is a recap of a room, not one result: it can be read, and no more.', 'format');

/** From text, as from a file or the wire. */
export const parseLink = (text: string): Result<Link> => parseText(text, readLink);

/** Of what `read` takes: a link, or a recap of a room. */
export function parseText<T>(text: string, read: (value: unknown) => Result<T>): Result<T> {
  if (text.length > LINK_LIMITS.bytes)
    return refuse('limit', `A link has at most ${LINK_LIMITS.bytes} bytes; this has ${text.length}.`);
  try {
    return read(JSON.parse(text));
  } catch {
    return refuse('invalid', 'This is no link: it is not JSON.');
  }
}

/** What no schema of single fields says: that they are of one run. */
function checkLink(link: Link): Result<Link> {
  const { spec, result } = link;
  const checked = checkRun(spec);
  if (!checked.ok) return checked;
  const sweep = isSweep(spec);
  const broken =
    wrongText(link) ??
    wrong(
      link.schema === (sweep ? SWEEP_SCHEMA : LINK_SCHEMA),
      'schema',
      `must be ${SWEEP_SCHEMA} of a sweep, and of no other run`,
    ) ??
    wrong(specHash(spec) === link.specHash, 'specHash', 'is not the spec’s') ??
    wrong(result.step === spec.steps, 'result.step', 'must be the spec’s last step: only a finished run is a link') ??
    wrongAmendments('amendments', spec, link.amendments) ??
    wrongNotes(link.notes) ??
    (sweep ? wrongSweep(link) : wrongRun(link));
  return broken ?? ok(link);
}

function wrongRun({ spec, result, weights, timeline, losses, start }: Link): Broken {
  const [instances, cells] = [instanceCount(spec), cellCount(spec)];
  return (
    wrong(result.evaluationLoss.length === instances, 'result.evaluationLoss', `must have ${instances} entries`) ??
    wrong(weights.instances.length > 0, 'weights.instances', 'must be some') ??
    wrong(ascending(weights.instances) && below(weights.instances, instances), 'weights.instances', 'must ascend') ??
    wrongTensors('weights.tensors', weights.tensors, spec, [weights.instances.length]) ??
    wrong(isOnePerCell(timeline.instances, spec), 'timeline.instances', 'must be one of each cell') ??
    wrong(ascending(timeline.steps), 'timeline.steps', 'must ascend') ??
    wrong(timeline.steps.at(-1) === result.step, 'timeline.steps', 'must end with the result') ??
    wrongTensors('timeline.tensors', timeline.tensors, spec, [timeline.steps.length, cells]) ??
    (start === null ? undefined : wrongTensors('start', start, spec, [instances])) ??
    wrong(ascending(losses.steps), 'losses.steps', 'must ascend') ??
    wrongTensor('losses.values', losses.values, [losses.steps.length, cells])
  );
}

/** The end of each cell, and nothing of the way there. */
function wrongSweep({ spec, result, weights, timeline, losses, start, amendments: changes }: Link): Broken {
  const cells = cellCount(spec);
  return (
    wrong(cells <= LINK_LIMITS.cells, 'spec', `must have at most ${LINK_LIMITS.cells} cells`) ??
    wrong(holdsWeights(spec), 'spec', 'must be of models whose weights are kept') ??
    wrong(changes.length === 0, 'amendments', 'must be none: a sweep is not changed while it trains') ??
    wrong(start === null, 'start', 'must be null: a sweep begins with no other run’s weights') ??
    wrong(result.evaluationLoss.length === cells, 'result.evaluationLoss', `must have ${cells} entries`) ??
    wrong(isOnePerCell(weights.instances, spec), 'weights.instances', 'must be one of each cell') ??
    wrongTensors('weights.tensors', weights.tensors, spec, [cells]) ??
    wrong(isEmpty(timeline.steps, timeline.instances, timeline.tensors), 'timeline', 'must be empty') ??
    wrong(isEmpty(losses.steps), 'losses.steps', 'must be none') ??
    wrongTensor('losses.values', losses.values, [0, cells])
  );
}

const isEmpty = (...lists: readonly (readonly unknown[])[]): boolean => lists.every(({ length }) => length === 0);

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
