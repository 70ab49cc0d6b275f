/** Frozen runs for looking at figures: they form as trained ones do, without an engine, and never change. */
import { draw, toUnit } from '#lib/base/random';
import type { Id } from '#lib/base/id';
import { polygon, type Arrangement } from '#lib/measure/regular';
import { bestReplicas } from '#lib/runs/best';
import type { MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import { emptyTimeline, keep, keptSteps, type Timeline } from '#lib/runs/timeline';
import { cellCount, cellParameters, instanceCount } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import type { RunView } from '../_session/state.ts';

export const frozenSpec: RunSpec = resolve(DEFAULT_PARAMETERS);

const N = 5;
const M = 2;

/** What each density ends in: two dedicated features, two digons, a pentagon (paper, introduction). */
function endOf(density: number): { readonly W: Float64Array; readonly b: readonly number[] } {
  if (density > 0.5) return { W: rows([0, 90, null, null, null], 1), b: [0, 0, density / 2, density / 2, density / 2] };
  if (density > 0.12) return { W: rows([0, 90, 180, 270, null], 1.01), b: [0, 0, 0, 0, density / 2] };
  return { W: pentagon().W, b: [-0.21, -0.21, -0.21, -0.21, -0.21] };
}

const pentagon = (): Arrangement => polygon(5, 1.1);

function rows(degrees: readonly (number | null)[], length: number): Float64Array {
  const turned = (angle: number | null): readonly number[] =>
    angle === null ? [0, 0] : [length * Math.cos((angle * Math.PI) / 180), length * Math.sin((angle * Math.PI) / 180)];
  return Float64Array.from(degrees.flatMap(turned));
}

/** The second replica misses: it keeps a feature short, as half of all seeds do. */
function frameAt(step: number, replica: number): Frame {
  const cells = cellCount(frozenSpec);
  const W = new Float32Array(cells * N * M);
  const b = new Float32Array(cells * N);
  for (let cell = 0; cell < cells; cell++) {
    const end = endOf(cellParameters(frozenSpec, cell).density);
    const grown = 1 / (1 + (120 / (step + 1)) ** 1.6);
    for (let k = 0; k < N * M; k++) {
      const missed = replica === 0 && k >= 2 * (N - 1) ? 0.05 : 1;
      const first = (toUnit(draw(17 + replica, cell * 10 + k)) - 0.5) * 0.9;
      W[cell * N * M + k] = first * (1 - grown) + (end.W[k] ?? 0) * missed * grown;
    }
    for (let i = 0; i < N; i++) b[cell * N + i] = (end.b[i] ?? 0) * grown;
  }
  const tensors = [
    { name: 'W', shape: [cells, N, M], data: W },
    { name: 'b', shape: [cells, N], data: b },
  ];
  return { run: 'frozen', lease: 1, seq: step, step, from: 0, kept: true, tensors };
}

export function frozenTimeline(replica: number, until = frozenSpec.steps): Timeline<Frame> {
  return keptSteps(frozenSpec.steps)
    .filter((step) => step <= until)
    .reduce((held, step) => keep(held, { step, bytes: 600, frame: frameAt(step, replica) }), emptyTimeline<Frame>());
}

const lossAt = (step: number, density: number): number =>
  density * (0.04 + 0.2 / (1 + (step / 160) ** 1.3)) * (1 + 0.06 * (toUnit(draw(3, step)) - 0.5));

export function frozenMetrics(until = frozenSpec.steps): readonly MetricsEvent[] {
  const densities = Array.from(
    { length: cellCount(frozenSpec) },
    (_, cell) => cellParameters(frozenSpec, cell).density,
  );
  return keptSteps(frozenSpec.steps, 200)
    .filter((step) => step > 0 && step <= until)
    .map((step) => ({
      type: 'metrics',
      step,
      seconds: step / 12_400,
      stepsPerSecond: 12_400,
      loss: densities.map((density) => lossAt(step, density)),
    }));
}

const evaluationLoss = Array.from({ length: instanceCount(frozenSpec) }, (_, instance) =>
  instance % 16 === 1 ? 0.01 : 0.0101 + 0.0002 * (instance % 5),
);

const ADA = { id: 'ada' as Id<'person'>, name: 'Ada Lovelace' };

/** A finished run. `startedAt`: ms on the server's clock. */
export function frozenRun(startedAt: number, mine: boolean): RunView {
  return {
    record: {
      id: `frozen-${startedAt}` as Id<'run'>,
      room: 'gallery' as Id<'room'>,
      experiment: 'introduction',
      spec: frozenSpec,
      specHash: specHash(frozenSpec),
      amendments: [],
      presentHash: specHash(frozenSpec),
      source: null,
      place: 'browser',
      startedBy: ADA,
      trainer: ADA,
      lease: 1,
      handOver: null,
      startedAt,
      engine: { name: 'fused-wasm', device: '2 workers · WebAssembly SIMD' },
      status: {
        phase: 'finished',
        step: frozenSpec.steps,
        seconds: 0.8,
        evaluationLoss,
        weightsHash: '0'.repeat(64),
      },
    },
    mine,
    metrics: frozenMetrics(),
    timeline: frozenTimeline(0),
    latest: frameAt(frozenSpec.steps, 0),
    best: bestReplicas(evaluationLoss, frozenSpec.replicas),
    bestTimeline: frozenTimeline(1),
  };
}
