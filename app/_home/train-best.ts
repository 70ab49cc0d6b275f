/** The introduction's figure, trained while one reads: sixteen replicas at one density, of which the best is kept. */
import type { SteeredHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import { bestReplicas, type BestReplica } from '#lib/runs/best';
import { sliceFrame, type Frame } from '#lib/runs/frame';
import { emptyTimeline, keep, type Timeline } from '#lib/runs/timeline';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';

/** A fifth of the paper's steps at five times its rate, falling to zero: the same minima in a third of a second. */
export const heroSpec = (density: number): RunSpec =>
  resolve({
    ...DEFAULT_PARAMETERS,
    densities: 1,
    densityFrom: density,
    steps: 2_500,
    batch: 512,
    learningRate: 5e-3,
    schedule: 'linear',
  });

export interface BestRun {
  readonly spec: RunSpec;
  readonly best: BestReplica;
  readonly timeline: Timeline<Frame>;
  readonly seconds: number;
}

/** Trains `spec` (of one cell) to its end → its best replica's kept frames; null when it was stopped. */
export async function trainBest(trainer: Trainer, host: SteeredHost, spec: RunSpec): Promise<BestRun | null> {
  const kept: Frame[] = [];
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'frame' && event.frame.kept)
      kept.push({ ...event.frame, run: 'home', lease: 0, seq: kept.length });
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type === 'finished') {
      const [best] = bestReplicas(event.evaluationLoss, spec.replicas);
      return best === undefined ? null : { spec, best, timeline: framesOf(kept, best.replica), seconds: event.seconds };
    }
  }
  return null;
}

const framesOf = (kept: readonly Frame[], replica: number): Timeline<Frame> =>
  kept.reduce(
    (held, frame) => keep(held, { step: frame.step, bytes: 0, frame: sliceFrame(frame, ['W', 'b'], [replica]) }),
    emptyTimeline<Frame>(),
  );
