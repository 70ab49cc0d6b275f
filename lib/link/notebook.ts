/**
 * A link as a PyTorch notebook (nbformat 4.5): the same hash draws the same data, the first ten losses are asserted, the same models are
 * trained, and the same figure is drawn of them. Of every model, every kind of data, and runs that were changed on their way.
 */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { ok, refuse, type Result } from '#lib/base/result';
import { createTrainerHost } from '#lib/engine/host';
import { checkpointFrom } from '#lib/engine/initial';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { weightNames } from '#lib/model/toy';
import type { Tensor } from '#lib/runs/tensor-pack';
import { amendAll } from '#lib/spec/change';
import { cellCount, cellParameters, densities, importances, instanceCount } from '#lib/spec/cells';
import { modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import type { Link, LinkId } from './link.ts';
import { ASSERT, FIGURE, HASH, MODEL, samplesSource, TRAIN } from './notebook-source.ts';
import { packTensor, tensorOf } from './pack.ts';

/** Steps whose losses a notebook asserts; of a large model fewer, so that they are not long in the making. */
const ASSERTED = 10;
/** Multiplications that these may take. */
const ASSERTED_WORK = 400_000_000;
/** Numbers that stand in its source: densities and importances of each phase, and the weights that it begins with. */
const NUMBERS = 400_000;

/** Refused where too many numbers would stand in it. `address`: where the link is read. */
export async function notebookOf(
  link: Link,
  id: LinkId,
  address: string,
  breathe: () => Promise<void>,
): Promise<Result<string>> {
  const { spec, amendments, start } = link;
  if (isSweep(spec)) return SWEEP;
  const numbers =
    2 * spec.model.n * cellCount(spec) * (1 + amendments.length) +
    (start === null
      ? 0
      : (2 * cellCount(spec) * start.reduce((sum, each) => sum + sizeOf(each), 0)) / instanceCount(spec));
  if (numbers > NUMBERS)
    return refuse('limit', `A notebook holds at most ${NUMBERS} numbers, and this one would have ${numbers}.`);
  const losses = await firstLosses(link, breathe);
  const cells = cellsOf(link, id, address, losses);
  return ok(
    JSON.stringify(
      {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
        cells: cells.map(([kind, source], k) => ({
          id: `cell-${k}`,
          cell_type: kind,
          metadata: {},
          source,
          ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
        })),
      },
      null,
      1,
    ),
  );
}

const SWEEP = refuse(
  'invalid',
  'A notebook trains all models that a link shows, and of a sweep these are too many: take its JSON or its weights.',
);

const sizeOf = ({ shape }: Pick<Tensor, 'shape'>): number => shape.reduce((product, extent) => product * extent, 1);

const cellsIn = (spec: RunSpec): readonly number[] => Array.from({ length: cellCount(spec) }, (_, cell) => cell);

/** [count, cells] the training losses that precede the first updates, of replica 0 of each cell, by the reference in float64. */
async function firstLosses(link: Link, breathe: () => Promise<void>): Promise<readonly (readonly number[])[]> {
  const { spec, amendments, start } = link;
  const short = { ...spec, replicas: 1 };
  const { model, batch, steps } = spec;
  const affordable = Math.floor(ASSERTED_WORK / (5 * model.n * model.m * batch * cellCount(spec)));
  const count = Math.max(1, Math.min(ASSERTED, steps, affordable));
  const losses: (readonly number[])[] = [];
  let clock = 0;
  const from =
    start === null ? undefined : present(checkpointFrom(short, startRows(link, 'first')), 'weights that fit');
  const host = createTrainerHost({
    now: () => (clock += 1_000),
    breathe,
    target: 1,
    amendments: amendments.filter(({ step }) => step < count),
    ...(from === undefined ? {} : { from }),
  });
  for await (const event of createReferenceTrainer().train(short, host)) {
    if (event.type === 'metrics') losses.push(event.loss);
    if (event.type === 'paused') host.setTarget(losses.length < count ? losses.length + 1 : 'stop');
  }
  return losses;
}

/** Of each cell the weights that replica 0, or the shown one, began with. */
function startRows({ spec, start, timeline }: Link, which: 'first' | 'shown'): readonly Tensor[] {
  const rows = which === 'first' ? cellsIn(spec).map((cell) => cell * spec.replicas) : timeline.instances;
  return (start ?? []).map((packed) => {
    const { name, shape, data } = tensorOf(packed);
    const size = data.length / instanceCount(spec);
    const chosen = new Float32Array(rows.length * size);
    rows.forEach((row, k) => {
      chosen.set(rowOf(data, row, size), k * size);
    });
    return { name, shape: [rows.length, ...shape.slice(1)], data: chosen };
  });
}

/** What the spec says from a step on: it may have been changed on the way. */
interface Phase {
  readonly step: number;
  readonly density: readonly (readonly number[])[];
  readonly importance: readonly (readonly number[])[];
  readonly learning_rate: number;
}

function phasesOf({ spec, amendments }: Link): readonly Phase[] {
  return [0, ...amendments.map(({ step }) => step)].map((step, made) => {
    const present = amendAll(spec, amendments.slice(0, made));
    return {
      step,
      density: cellsIn(spec).map((cell) => Array.from(densities(present, cell))),
      importance: cellsIn(spec).map((cell) => Array.from(importances(present, cell))),
      learning_rate: present.optimizer.learningRate,
    };
  });
}

type Cell = readonly ['markdown' | 'code', string];

const python = (value: unknown): string => JSON.stringify(value);
const truth = (value: boolean): string => (value ? 'True' : 'False');
const markdown = (text: string): string => text.replace(/[#*_`<>[\]]/g, '\\$&');

function cellsOf(link: Link, id: LinkId, address: string, losses: readonly (readonly number[])[]): readonly Cell[] {
  const { title, authors, licence, spec, result, timeline } = link;
  const by = authors.length === 0 ? '' : `${authors.map(markdown).join(', ')} · `;
  const stated = timeline.instances.map((instance) => result.evaluationLoss[instance] ?? null);
  return [
    [
      'markdown',
      `# ${markdown(title)}\n\n${by}${licence}\n\nMade of the Polytope link [\`${id}\`](${address}). It draws the same random numbers, so that its first losses are the link's own to seven digits; after some hundred steps the last bits part, and the solution is the same.`,
    ],
    ['code', numbersSource(link)],
    [
      'markdown',
      '## The data stream\n\nEvery random number is a hash of (seed, replica, cell, stream, step, index): three multiply rounds on 32 bits. One draw decides whether a feature is active and how much.',
    ],
    ['code', HASH],
    ['code', samplesSource(spec.data.kind)],
    ['markdown', MODEL_WORDS[spec.model.kind]],
    ['code', MODEL],
    ['code', `expected = np.array(${python(losses)})  # of replica 0, by the reference in float64\n${ASSERT}`],
    ['markdown', '## The same models, trained'],
    ['code', `stated = np.array(${python(stated).replaceAll('null', 'None')}, float)\n${TRAIN}`],
    ['markdown', '## The same figure'],
    ['code', FIGURE],
  ];
}

const MODEL_WORDS = {
  tied: "## The model\n\n$x' = f(W f_1(W^T x) + b)$ with row $i$ of $W$ for feature $i$; the loss is the importance-weighted mean over batch and features. AdamW decays $W$ and $b$.",
  untied:
    "## The model\n\n$x' = f(W_2 f_1(W_1^T x) + b)$ with row $i$ of both for feature $i$; the loss is the importance-weighted mean over batch and features. AdamW decays all three.",
} as const;

function numbersSource(link: Link): string {
  const { spec, timeline } = link;
  const { batch, steps, seed, optimizer, data } = spec;
  const { n, m, hidden, output, target, kind } = modelOf(spec);
  const labels = cellsIn(spec).map((cell) => labelOf(spec, cell));
  return `import base64, numpy as np, torch

n, m, batch, steps, seed = ${n}, ${m}, ${batch}, ${steps}, ${seed}
names = ${python(weightNames({ kind }))}
hidden_relu, output_relu, target_abs, init_scale = ${truth(hidden === 'relu')}, ${truth(output === 'relu')}, ${truth(target === 'abs')}, ${spec.model.initScale}
beta1, beta2, epsilon, weight_decay, schedule = ${optimizer.beta1}, ${optimizer.beta2}, ${optimizer.epsilon}, ${optimizer.weightDecay}, ${python(optimizer.schedule)}
${'setSize' in data ? `set_size = ${data.setSize}\n` : ''}${data.kind === 'finite' ? `examples = np.array(${python(cellsIn(spec).map((cell) => cellParameters(spec, cell).examples))})\n` : ''}cells = np.array(${python(cellsIn(spec))})
replicas = np.array(${python(timeline.instances.map((instance) => instance % spec.replicas))})  # of each cell the one that the link shows
labels = ${python(labels)}
# what it was trained under, from which step on; density and importance [cells, n]
phases = ${python(phasesOf(link))}
for phase in phases: phase.update({name: np.array(phase[name]) for name in ("density", "importance")})
at = lambda step: [phase for phase in phases if phase["step"] <= step][-1]
# what it began with where that was another run's weights: replica 0, and the shown ones
start = ${startSource(link)}
unpack = lambda tensors: [torch.from_numpy(np.frombuffer(base64.b64decode(data), "<f4").reshape(shape).copy()) for shape, data in tensors]`;
}

const startSource = (link: Link): string =>
  link.start === null
    ? 'None'
    : python(
        (['first', 'shown'] as const).map((which) =>
          startRows(link, which).map((tensor) => [tensor.shape, packTensor(tensor).data]),
        ),
      );

function labelOf(spec: RunSpec, cell: number): string {
  const { density, examples } = cellParameters(spec, cell);
  return spec.data.kind === 'finite' ? `${examples} examples` : `S = ${(1 - density).toFixed(2)}`;
}
