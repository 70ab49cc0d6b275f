/** The trained runs of claims, kept in a folder by the hash of their spec: asked for again, they are not trained again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { present } from '#lib/base/assert';
import { heldBy, toState } from '#lib/engine/checkpoint';
import { chooseTrainer } from '#lib/engine/choose';
import type { TrainedRun } from '#lib/experiments/hold';
import { bestReplicas } from '#lib/runs/best';
import type { Checkpoint, EngineName, FinishedEvent } from '#lib/runs/events';
import { instanceCount } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import type { NodeTrainers } from '../compute/trainers.ts';
import { train } from './run.ts';

/** Ctrl-C. What was trained to the end is kept. */
export class Interrupted extends Error {}

/** `folder`: where runs are kept. `isFresh`: train what is there, too. */
export function createClaimRuns(trainers: NodeTrainers, folder: string, isFresh: boolean) {
  mkdirSync(folder, { recursive: true });
  const fresh = new Set<string>();

  return async function claimRun(spec: RunSpec): Promise<TrainedRun> {
    const hash = specHash(spec);
    const file = path.join(folder, `${hash}.json`);
    const kept = isFresh && !fresh.has(hash) ? undefined : readRun(file, spec);
    if (kept !== undefined) return kept;
    const run = await trainRun(spec, trainers);
    fresh.add(hash);
    writeRun(file, run);
    return run;
  };
}

async function trainRun(spec: RunSpec, trainers: NodeTrainers): Promise<TrainedRun> {
  let engine: EngineName | undefined;
  let checkpoint: Checkpoint | undefined;
  let end: FinishedEvent | undefined;
  const ended = await train(chooseTrainer(spec, trainers.all).trainer, spec, (event) => {
    if (event.type === 'started') engine = event.engine;
    if (event.type === 'checkpoint') checkpoint = event.checkpoint;
    if (event.type === 'finished') end = event;
  });
  if (ended.type === 'stopped') throw new Interrupted();
  if (ended.type === 'failed') throw new Error(ended.message);
  const { evaluationLoss, seconds } = present(end, 'the end of the run');
  const { name, device } = present(engine, 'the engine');
  const state = toState(spec, present(checkpoint, 'the final checkpoint'));
  const best = bestReplicas(evaluationLoss, spec.replicas);
  return {
    spec,
    W: heldBy(state, 'W'),
    b: heldBy(state, 'b'),
    evaluationLoss,
    best,
    seconds,
    engine: `${name} (${device})`,
  };
}

interface StoredClaimRun {
  readonly engine: string;
  readonly seconds: number;
  readonly evaluationLoss: readonly number[];
  /** float32, little-endian, base64 */
  readonly W: string;
  readonly b: string;
}

function writeRun(file: string, { engine, seconds, evaluationLoss, W, b }: TrainedRun): void {
  const stored: StoredClaimRun = { engine, seconds, evaluationLoss, W: toBase64(W), b: toBase64(b) };
  // Whole or not at all: the next may begin while this one ends.
  writeFileSync(`${file}.part`, JSON.stringify(stored));
  renameSync(`${file}.part`, file);
}

/** The run in the file, or undefined where there is none or it does not fit. */
function readRun(file: string, spec: RunSpec): TrainedRun | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredClaimRun;
    const [W, b] = [fromBase64(stored.W), fromBase64(stored.b)];
    const { n, m } = spec.model;
    const instances = instanceCount(spec);
    if (W.length !== instances * n * m || b.length !== instances * n || stored.evaluationLoss.length !== instances)
      return undefined;
    const { engine, seconds, evaluationLoss } = stored;
    return { spec, W, b, evaluationLoss, best: bestReplicas(evaluationLoss, spec.replicas), seconds, engine };
  } catch {
    return undefined;
  }
}

const toBase64 = (tensor: Float32Array): string =>
  Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength).toString('base64');

const fromBase64 = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
