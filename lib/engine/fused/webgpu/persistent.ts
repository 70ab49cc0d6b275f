/**
 * The *persistent* kernel: many steps of many small models in one dispatch, as WGSL written for its model, data and batch.
 *
 * Idea. Instances never talk, so one workgroup trains one of them with no barrier but its own, and the loop over steps is inside
 * the shader. The weights lie in workgroup memory, where all threads read the same one at a time; Adam's moments stay in the
 * registers of the thread that owns the weight. A step has two parts:
 *
 *   samples   each thread takes every T-th sample of the batch: x is regenerated from the counter, and with all sums over
 *             features unrolled h = f₁(Σ x_i E_i),  o_i = D_i·h + b_i,  g_i = I_i (f₂(o_i) − t_i) f₂'(o_i),  e = f₁' Σ g_i D_i,
 *             dD_i += g_i h,  dE_i += x_i e,  db_i += g_i: one sum per weight, in the thread's registers. Tied, E = D = W.
 *   sums      the threads' sums are added up in workgroup memory, as many weights at a time as it holds, in two levels; the
 *             owner of a weight then updates it.
 *
 * Cost in instructions of a thread: B/T · n (10 m + 9 + 24 for each hash of data.ts), and 4 for each weight.
 *
 * Tolerance: gradients within 3e-5 of float64 as in batch-lane.ts. The order of summation is fixed by the shape, so a device
 * gives the same bits each time; devices may fuse a multiplication and an addition, so two of them need not agree.
 */
import type { AdamW } from '#lib/model/adamw';
import type { ToyModel } from '#lib/model/toy';
import { dataFunctions, LEAST_LENGTH, type DataShape } from './data.ts';
import { rowLayout } from './layout.ts';
import { float, indent, range, shader, sum, type Binding, type Shader } from './wgsl.ts';

/** Above this many weights a thread's sums outgrow its registers. */
const PERSISTENT_WEIGHTS = 128;

export const isPersistent = ({ kind, n, m }: ToyModel): boolean =>
  (kind === 'tied' ? 1 : 2) * n * m <= PERSISTENT_WEIGHTS;

/** bytes of a float32 */
const FLOAT = 4;

export interface PersistentOptions {
  readonly model: ToyModel;
  readonly data: DataShape;
  readonly optimizer: AdamW;
  /** B, samples */
  readonly batch: number;
  /** T, a power of two */
  readonly threads: number;
  /** bytes of workgroup memory that the device gives */
  readonly workgroupBytes: number;
}

const TRAINING_BINDINGS: readonly Binding[] = [
  { name: 'dispatch', type: 'Dispatch', access: 'uniform' },
  { name: 'instances', type: 'array<Instance>', access: 'read' },
  // [I, n]
  { name: 'importances', type: 'array<f32>', access: 'read' },
  // [I, n, row]: see layout.ts
  { name: 'weights', type: 'array<f32>', access: 'read_write' },
  { name: 'moments', type: 'array<vec2f>', access: 'read_write' },
  // One for each step: see updates.ts
  { name: 'updates', type: 'array<vec4f>', access: 'read' },
  { name: 'losses', type: 'array<f32>', access: 'read_write' },
];

const EVALUATION_BINDINGS: readonly Binding[] = [
  { name: 'evaluationInstances', type: 'array<Instance>', access: 'read' },
  { name: 'importances', type: 'array<f32>', access: 'read' },
  { name: 'weights', type: 'array<f32>', access: 'read' },
  { name: 'losses', type: 'array<f32>', access: 'read_write' },
];

const weightCount = (model: ToyModel): number => model.n * rowLayout(model).length;

/** How many weights' sums are added up at a time. A row of workgroup memory for each, one longer than T: rows would share banks. */
function sumsAtATime({ model, threads, workgroupBytes }: PersistentOptions): number {
  const weights = weightCount(model);
  const free = workgroupBytes - (weights + model.n) * FLOAT;
  return Math.min(weights, threads, Math.floor(free / FLOAT / (threads + 1)));
}

/**
 * Workgroup i trains instance i from step `firstStep` through `steps` updates, and leaves Σ I_i (x'_i − t_i)² of
 * its last batch, before the update, in losses[i].
 */
export function persistentTraining(options: PersistentOptions): Shader {
  const { model, data, threads } = options;
  const weights = weightCount(model);
  const atATime = sumsAtATime(options);
  const rounds = range(Math.ceil(weights / atATime)).map((round) => {
    const first = round * atATime;
    return { round, first, count: Math.min(atATime, weights - first) };
  });
  return shader(
    TRAINING_BINDINGS,
    `
${dataFunctions(data)}
struct Dispatch { firstStep: u32, steps: u32 }

var<workgroup> W: array<f32, ${weights}>;
var<workgroup> importance: array<f32, ${model.n}>;
var<workgroup> partial: array<f32, ${atATime * (threads + 1)}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let instance = group.x;
  let data = instances[instance];
${indent([...loadWeights(model, threads), ...rounds.map(loadMoments(weights))]).join('\n')}
  var loss = 0.0;
  for (var done = 0u; done < dispatch.steps; done++) {
    let keys = keysOf(data, dispatch.firstStep + done);
    let isLast = done + 1u == dispatch.steps;
    let update = updates[done];
${indent(indent([...range(weights).map((j) => `var d_${j} = 0.0;`), 'workgroupBarrier();'])).join('\n')}
    for (var sample = thread; sample < ${data.kind === 'finite' ? 'data.samples' : `${options.batch}u`}; sample += ${threads}u) {
${indent(indent(indent(gradientOfSample(model, data)))).join('\n')}
    }
${indent(indent(rounds.flatMap(addUpAndUpdate(options)))).join('\n')}
  }
${indent([...rounds.map(storeMoments(weights)), ...storeWeights(weights, threads), ...addUpLoss(threads)]).join('\n')}
  if (thread == 0u) { losses[instance] = total; }
}
`,
  );
}

/**
 * Workgroup (i, p) leaves Σ I_i (x'_i − t_i)² over its samples, every parts-th block of T, in
 * losses[i · parts + p].
 */
export function persistentEvaluation(
  model: ToyModel,
  data: DataShape,
  { threads, samples, parts }: { readonly threads: number; readonly samples: number; readonly parts: number },
): Shader {
  const weights = weightCount(model);
  return shader(
    EVALUATION_BINDINGS,
    `
${dataFunctions(data)}
var<workgroup> W: array<f32, ${weights}>;
var<workgroup> importance: array<f32, ${model.n}>;
var<workgroup> partial: array<f32, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let instance = group.x;
  let data = evaluationInstances[instance];
  let keys = keysOf(data, 0u);
${indent(loadWeights(model, threads)).join('\n')}
  workgroupBarrier();
  var loss = 0.0;
  for (var sample = group.y * ${threads}u + thread; sample < ${samples}u; sample += ${threads * parts}u) {
${indent(indent([...forwardOfSample(model, data), ...range(model.n).flatMap((i) => lossOfFeature(model, i))])).join('\n')}
  }
${indent(addUpLoss(threads)).join('\n')}
  if (thread == 0u) { losses[instance * ${parts}u + group.y] = total; }
}
`,
  );
}

interface Round {
  readonly round: number;
  /** Weights first to first + count; thread t owns number first + t. */
  readonly first: number;
  readonly count: number;
}

const loadWeights = (model: ToyModel, threads: number): readonly string[] => {
  const weights = weightCount(model);
  return [
    `for (var j = thread; j < ${weights}u; j += ${threads}u) { W[j] = weights[instance * ${weights}u + j]; }`,
    `for (var i = thread; i < ${model.n}u; i += ${threads}u) { importance[i] = importances[instance * ${model.n}u + i]; }`,
  ];
};

const storeWeights = (weights: number, threads: number): readonly string[] => [
  'workgroupBarrier();',
  `for (var j = thread; j < ${weights}u; j += ${threads}u) { weights[instance * ${weights}u + j] = W[j]; }`,
];

const loadMoments =
  (weights: number) =>
  ({ round, first, count }: Round): string =>
    `var moments_${round} = vec2f(); if (thread < ${count}u) { moments_${round} = moments[instance * ${weights}u + ${first}u + thread]; }`;

const storeMoments =
  (weights: number) =>
  ({ round, first, count }: Round): string =>
    `if (thread < ${count}u) { moments[instance * ${weights}u + ${first}u + thread] = moments_${round}; }`;

/** x_i and h_k of `sample`. */
function forwardOfSample(model: ToyModel, data: DataShape): readonly string[] {
  const { n, m, hidden } = model;
  const { encoder, length } = rowLayout(model);
  const encoded = (k: number): string => sum(range(n).map((i) => `x_${i} * W[${i * length + encoder + k}]`));
  return [
    ...valuesOfSample(data),
    ...range(m).map((k) => `let h_${k} = ${hidden === 'linear' ? encoded(k) : `max(${encoded(k)}, 0.0)`};`),
  ];
}

function valuesOfSample({ kind, n }: DataShape): readonly string[] {
  const values = (name: string): readonly string[] =>
    range(n).map((i) => `let ${name}_${i} = featureValue(sample, ${i}u, keys, data);`);
  if (kind !== 'finite') return values('x');
  return [
    ...values('raw'),
    // Nothing active has no length, and stays nothing.
    `let size = max(sqrt(${sum(range(n).map((i) => `raw_${i} * raw_${i}`))}), ${float(LEAST_LENGTH)});`,
    ...range(n).map((i) => `let x_${i} = raw_${i} / size;`),
  ];
}

/** o_i, the error of x'_i, and that times importance. */
function errorOfFeature(model: ToyModel, i: number): readonly string[] {
  const { m, output, target } = model;
  const { decoder, length } = rowLayout(model);
  const row = i * length;
  const decoded = range(m).map((k) => `h_${k} * W[${row + decoder + k}]`);
  return [
    `let o_${i} = ${sum([`W[${row + length - 1}]`, ...decoded])};`,
    `let error_${i} = ${output === 'linear' ? `o_${i}` : `max(o_${i}, 0.0)`} - ${target === 'abs' ? `abs(x_${i})` : `x_${i}`};`,
    `let weighted_${i} = importance[${i}] * error_${i};`,
  ];
}

const lossOfFeature = (model: ToyModel, i: number): readonly string[] => [
  ...errorOfFeature(model, i),
  `loss += weighted_${i} * error_${i};`,
];

function gradientOfSample(model: ToyModel, data: DataShape): readonly string[] {
  const { n, m, hidden, output } = model;
  const { decoder, length } = rowLayout(model);
  const backward = (k: number): string => sum(range(n).map((i) => `g_${i} * W[${i * length + decoder + k}]`));
  return [
    ...forwardOfSample(model, data),
    ...range(n).flatMap((i) => [
      ...errorOfFeature(model, i),
      `let g_${i} = ${output === 'linear' ? `weighted_${i}` : `select(0.0, weighted_${i}, o_${i} > 0.0)`};`,
    ]),
    `if (isLast) { loss += ${sum(range(n).map((i) => `weighted_${i} * error_${i}`))}; }`,
    ...range(m).map(
      (k) => `let e_${k} = ${hidden === 'linear' ? backward(k) : `select(0.0, ${backward(k)}, h_${k} > 0.0)`};`,
    ),
    ...range(n).flatMap((i) => gradientOfRow(model, i)),
  ];
}

function gradientOfRow(model: ToyModel, i: number): readonly string[] {
  const { encoder, decoder, length } = rowLayout(model);
  const row = i * length;
  return [
    ...range(model.m).flatMap((k) =>
      encoder === decoder
        ? [`d_${row + k} += g_${i} * h_${k} + x_${i} * e_${k};`]
        : [`d_${row + encoder + k} += x_${i} * e_${k};`, `d_${row + decoder + k} += g_${i} * h_${k};`],
    ),
    `d_${row + length - 1} += g_${i};`,
  ];
}

/** The threads' sums of some weights → their gradient, in two levels → AdamW. */
const addUpAndUpdate =
  ({ optimizer, threads }: PersistentOptions) =>
  ({ round, first, count }: Round): readonly string[] => {
    const stride = threads + 1;
    let lanes = 1;
    while (lanes * 2 * count <= threads) lanes *= 2;
    const { beta1, beta2, epsilon } = optimizer;
    return [
      ...range(count).map((j) => `partial[${j * stride}u + thread] = d_${first + j};`),
      'workgroupBarrier();',
      ...(lanes === 1
        ? []
        : [
            `if (thread < ${count * lanes}u) {`,
            `  let start = thread / ${lanes}u * ${stride}u + thread % ${lanes}u;`,
            '  var laneSum = partial[start];',
            `  for (var z = ${lanes}u; z < ${threads}u; z += ${lanes}u) { laneSum += partial[start + z]; }`,
            '  partial[start] = laneSum;',
            '}',
            'workgroupBarrier();',
          ]),
      `if (thread < ${count}u) {`,
      '  var gradient = 0.0;',
      `  for (var z = 0u; z < ${lanes === 1 ? threads : lanes}u; z++) { gradient += partial[thread * ${stride}u + z]; }`,
      '  gradient *= data.factor;',
      `  moments_${round} = vec2f(${float(beta1)}, ${float(beta2)}) * moments_${round} + vec2f(${float(1 - beta1)} * gradient, ${float(1 - beta2)} * gradient * gradient);`,
      `  let old = W[${first}u + thread];`,
      `  W[${first}u + thread] = old - (update.x * old + update.y * moments_${round}.x / (sqrt(moments_${round}.y * update.z) + ${float(epsilon)}));`,
      '}',
      // The next round writes where this one still reads; after the last, the next step waits before it reads W.
      'workgroupBarrier();',
    ];
  };

const addUpLoss = (threads: number): readonly string[] => [
  'workgroupBarrier();',
  'partial[thread] = loss;',
  'workgroupBarrier();',
  'var total = 0.0;',
  `if (thread == 0u) { for (var z = 0u; z < ${threads}u; z++) { total += partial[z]; } }`,
];
