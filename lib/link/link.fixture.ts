/** A small run, really trained, and the link that it makes. */
import { present } from '#lib/base/assert';
import { idFromBytes } from '#lib/base/id';
import { createTrainerHost } from '#lib/engine/host';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import type { Checkpoint, MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import { applyToRecord, type RunRecord } from '#lib/runs/record';
import { specHash } from '#lib/spec/hash';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import type { Link } from './link.ts';
import { makeLink, type LinkParts } from './make.ts';

/** Two densities, two replicas: a second of the reference. */
export const SMALL_SPEC: RunSpec = resolve({
  ...DEFAULT_PARAMETERS,
  densities: 2,
  replicas: 2,
  batch: 64,
  steps: 120,
  learningRate: 0.01,
});

export async function trainedParts(
  spec: RunSpec = SMALL_SPEC,
  trainer: Trainer = createReferenceTrainer(),
  changes: Partial<RunRecord> = {},
  from?: Checkpoint,
): Promise<LinkParts> {
  const frames: Frame[] = [];
  const metrics: MetricsEvent[] = [];
  let record: RunRecord = { ...startingRecord(spec), ...changes };
  let clock = 0;
  const host = createTrainerHost({
    now: () => (clock += 1),
    breathe: () => Promise.resolve(),
    amendments: record.amendments,
    ...(from === undefined ? {} : { from }),
  });
  for await (const event of trainer.train(spec, host)) {
    record = applyToRecord(record, event);
    if (event.type === 'metrics') metrics.push(event);
    if (event.type === 'frame' && event.frame.kept)
      frames.push({ ...event.frame, run: record.id, lease: 1, seq: frames.length });
  }
  return { ...WORDS, record, frames, metrics };
}

export async function trainedLink(...wishes: Parameters<typeof trainedParts>): Promise<Link> {
  const made = makeLink(await trainedParts(...wishes));
  return present(made.ok ? made.value : undefined, 'a link');
}

const WORDS: Pick<LinkParts, 'title' | 'authors' | 'licence' | 'madeAt' | 'supersedes' | 'item' | 'notes'> = {
  title: 'Two densities',
  authors: ['Ada Lovelace'],
  licence: 'CC-BY-4.0',
  madeAt: 1_790_000_000_000,
  supersedes: null,
  item: 'first',
  notes: [{ id: 'one', author: null, at: 1_790_000_000_000, text: 'A **pentagon**?', anchor: null, replies: [] }],
};

function startingRecord(spec: RunSpec): RunRecord {
  const ada = { id: idFromBytes<'person'>(new Uint8Array(16)), name: 'Ada' };
  return {
    id: idFromBytes<'run'>(new Uint8Array(16).fill(7)),
    room: idFromBytes<'room'>(new Uint8Array(16).fill(8)),
    experiment: 'introduction',
    spec,
    specHash: specHash(spec),
    amendments: [],
    presentHash: specHash(spec),
    source: null,
    startedBy: ada,
    startedAt: 0,
    place: 'browser',
    trainer: ada,
    lease: 1,
    handOver: null,
    engine: null,
    status: { phase: 'starting', step: 0 },
  };
}
