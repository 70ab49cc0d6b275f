/**
 * The *persistent* kernel: many steps of many small tied models in one dispatch, as WGSL written for its (n, m, output, batch).
 *
 * Idea. Instances never talk, so one workgroup trains one of them with no barrier but its own, and the loop over steps is inside
 * the shader. The weights lie in workgroup memory, where all threads read the same one at a time; Adam's moments stay in the
 * registers of the thread that owns the weight. A step has two parts:
 *
 *   samples   each thread takes every T-th sample of the batch: x is regenerated from the counter, and with all sums over
 *             features unrolled h = Σ x_i W_i,  o_i = W_i·h + b_i,  g_i = I_i (o_i − x_i) 1[o_i > 0],  e = Σ g_i W_i,
 *             dW_i += g_i h + x_i e,  db_i += g_i: one sum per weight, in the thread's registers.
 *   sums      the threads' sums are added up in workgroup memory, as many weights at a time as it holds, in two levels; the
 *             owner of a weight then updates it.
 *
 * Cost in instructions of a thread: B/T · n (10 m + 9 + 24), and 4 for each weight.
 *
 * Tolerance: gradients within 3e-5 of float64 as in batch-lane.ts. The order of summation is fixed by the shape, so a device
 * gives the same bits each time; devices may fuse a multiplication and an addition, so two of them need not agree.
 */
import type { AdamW } from '#lib/model/adamw';
import type { TiedModel } from '#lib/model/tied';
import { DATA, float, indent, range, shader, sum, type Binding, type Shader } from './wgsl.ts';

/** Above this many weights a thread's sums outgrow its registers. */
export const PERSISTENT_WEIGHTS = 128;

/** bytes of a float32 */
const FLOAT = 4;

export interface PersistentOptions {
  readonly model: TiedModel;
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
  // [I, n, m + 1]: W_i, then b_i
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

/** Numbers in a row of the weights: W_i [m], then b_i. */
export const rowLength = ({ m }: TiedModel): number => m + 1;

/** How many weights' sums are added up at a time. A row of workgroup memory for each, one longer than T: rows would share banks. */
function sumsAtATime({ model, threads, workgroupBytes }: PersistentOptions): number {
  const weights = model.n * rowLength(model);
  const free = workgroupBytes - (weights + model.n) * FLOAT;
  return Math.min(weights, threads, Math.floor(free / FLOAT / (threads + 1)));
}

/**
 * Workgroup i trains instance i from step `firstStep` through `steps` updates, and leaves Σ I_i (x'_i − x_i)² of
 * its last batch, before the update, in losses[i].
 */
export function persistentTraining(options: PersistentOptions): Shader {
  const { model, threads } = options;
  const weights = model.n * rowLength(model);
  const atATime = sumsAtATime(options);
  const rounds = range(Math.ceil(weights / atATime)).map((round) => {
    const first = round * atATime;
    return { round, first, count: Math.min(atATime, weights - first) };
  });
  return shader(
    TRAINING_BINDINGS,
    `
${DATA}
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
    let key = mixed(data.root ^ (dispatch.firstStep + done));
    let isLast = done + 1u == dispatch.steps;
    let update = updates[done];
${indent(indent([...range(weights).map((j) => `var d_${j} = 0.0;`), 'workgroupBarrier();'])).join('\n')}
    for (var sample = thread; sample < ${options.batch}u; sample += ${threads}u) {
${indent(indent(indent(gradientOfSample(model)))).join('\n')}
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
 * Workgroup (i, p) leaves Σ I_i (x'_i − x_i)² over its samples, every parts-th block of T, in
 * losses[i · parts + p].
 */
export function persistentEvaluation(
  model: TiedModel,
  { threads, samples, parts }: { readonly threads: number; readonly samples: number; readonly parts: number },
): Shader {
  const weights = model.n * rowLength(model);
  return shader(
    EVALUATION_BINDINGS,
    `
${DATA}
var<workgroup> W: array<f32, ${weights}>;
var<workgroup> importance: array<f32, ${model.n}>;
var<workgroup> partial: array<f32, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let instance = group.x;
  let data = evaluationInstances[instance];
  let key = mixed(data.root);
${indent(loadWeights(model, threads)).join('\n')}
  workgroupBarrier();
  var loss = 0.0;
  for (var sample = group.y * ${threads}u + thread; sample < ${samples}u; sample += ${threads * parts}u) {
${indent(indent([...forwardOfSample(model), ...range(model.n).flatMap((i) => lossOfFeature(model, i))])).join('\n')}
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

const loadWeights = (model: TiedModel, threads: number): readonly string[] => {
  const weights = model.n * rowLength(model);
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
function forwardOfSample(model: TiedModel): readonly string[] {
  const { n, m } = model;
  const row = rowLength(model);
  return [
    `let counter = key + sample * ${n}u;`,
    ...range(n).map((i) => `let x_${i} = featureValue(counter + ${i}u, data);`),
    ...range(m).map((k) => `let h_${k} = ${sum(range(n).map((i) => `x_${i} * W[${i * row + k}]`))};`),
  ];
}

/** o_i, the error of x'_i, and that times importance. */
function errorOfFeature(model: TiedModel, i: number): readonly string[] {
  const { m, output } = model;
  const row = rowLength(model);
  return [
    `let o_${i} = ${sum([`W[${i * row + m}]`, ...range(m).map((k) => `h_${k} * W[${i * row + k}]`)])};`,
    `let error_${i} = ${output === 'linear' ? `o_${i}` : `max(o_${i}, 0.0)`} - x_${i};`,
    `let weighted_${i} = importance[${i}] * error_${i};`,
  ];
}

const lossOfFeature = (model: TiedModel, i: number): readonly string[] => [
  ...errorOfFeature(model, i),
  `loss += weighted_${i} * error_${i};`,
];

function gradientOfSample(model: TiedModel): readonly string[] {
  const { n, m, output } = model;
  const row = rowLength(model);
  return [
    ...forwardOfSample(model),
    ...range(n).flatMap((i) => [
      ...errorOfFeature(model, i),
      `let g_${i} = ${output === 'linear' ? `weighted_${i}` : `select(0.0, weighted_${i}, o_${i} > 0.0)`};`,
    ]),
    `if (isLast) { loss += ${sum(range(n).map((i) => `weighted_${i} * error_${i}`))}; }`,
    ...range(m).map((k) => `let e_${k} = ${sum(range(n).map((i) => `g_${i} * W[${i * row + k}]`))};`),
    ...range(n).flatMap((i) => [
      ...range(m).map((k) => `d_${i * row + k} += g_${i} * h_${k} + x_${i} * e_${k};`),
      `d_${i * row + m} += g_${i};`,
    ]),
  ];
}

/** The threads' sums of some weights → their gradient, in two levels → AdamW. */
const addUpAndUpdate =
  ({ model, optimizer, batch, threads }: PersistentOptions) =>
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
      `  gradient *= ${float(2 / (batch * model.n))};`,
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
