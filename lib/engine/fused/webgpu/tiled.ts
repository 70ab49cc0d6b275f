/**
 * The *tiled* kernels: one step of any shape, as five dispatches over all instances, as WGSL written for its model and data.
 *
 * Idea. A step is four matrix products (product.ts) and the update. With a bias being the weight of a hidden unit that is always
 * 1, the decoder is [n, m + 1] and nothing needs a case of its own:
 *
 *   hidden     h [B, m] = f₁(x E)                      x is regenerated from the counter wherever it is needed
 *   outputs    o [B, n] = (h, 1) (D, b)ᵀ, and at once g = I (f₂(o) − t) f₂'(o) and the loss
 *   backward   e [B, m] = g D where h is open
 *   gradient   d(W, b) [n, m + 1] = gᵀ (h, 1) + xᵀ (e, 0), the batch in parts, so that there is work for all of a device;
 *              untied, d(D, b) = gᵀ (h, 1), and dE [n, m] = xᵀ e in a sixth dispatch
 *   update     the parts added up, and AdamW
 *
 * Of a finite set, the lengths of the batch's examples are computed before all, a thread for each.
 *
 * Cost in multiplications: B n (5 m + 2), and the hashes of data.ts three times for each number of x (a finite set's four
 * times); memory traffic 4 · 3 · B (n + 2 m) bytes.
 *
 * Tolerance: gradients within 3e-5 of float64. The order of summation is fixed by the shape and the parts.
 */
import type { AdamW } from '#lib/model/adamw';
import type { ToyModel } from '#lib/model/toy';
import { dataFunctions, INSTANCE, LEAST_LENGTH, type DataShape } from './data.ts';
import { rowLayout } from './layout.ts';
import { product, tileFor, type Term } from './product.ts';
import { float, shader, type Binding, type Shader } from './wgsl.ts';

/** bytes of a dispatch's uniforms */
export const TILED_UNIFORM_BYTES = 48;

const DISPATCH = `
struct Dispatch {
  step: u32,
  firstSample: u32,
  samples: u32,
  firstInstance: u32,
  wantsLoss: u32,
  update: vec4f, // see updates.ts
}
`;

/** Where a workgroup is: which instance, its place among those of the dispatch, and its data. */
const PLACE = `
struct Place { instance: u32, local: u32, part: u32, keys: Keys, data: Instance }
`;

const headOf = ({ data }: TiledOptions): string => dataFunctions(data) + DISPATCH + PLACE;

const bindings = {
  dispatch: { name: 'dispatch', type: 'Dispatch', access: 'uniform' },
  instances: { name: 'instances', type: 'array<Instance>', access: 'read' },
  importances: { name: 'importances', type: 'array<f32>', access: 'read' },
  weights: { name: 'weights', type: 'array<f32>', access: 'read' },
  hidden: { name: 'hidden', type: 'array<f32>', access: 'read' },
  output: { name: 'output', type: 'array<f32>', access: 'read' },
  backward: { name: 'backward', type: 'array<f32>', access: 'read' },
  lengths: { name: 'lengths', type: 'array<f32>', access: 'read' },
  parts: { name: 'parts', type: 'array<f32>', access: 'read' },
  moments: { name: 'moments', type: 'array<vec2f>', access: 'read_write' },
  losses: { name: 'losses', type: 'array<f32>', access: 'read_write' },
} satisfies Record<string, Binding>;

const written = (binding: Binding): Binding => ({ ...binding, access: 'read_write' });

/** Instances along z, and parts of the batch beside them. */
const placeOf = (parts: number): readonly string[] => [
  `let local = group.z / ${parts}u;`,
  'let instance = dispatch.firstInstance + local;',
  'let data = instances[instance];',
  `let place = Place(instance, local, group.z % ${parts}u, keysOf(data, dispatch.step), data);`,
];

export interface TiledOptions {
  readonly model: ToyModel;
  readonly data: DataShape;
  readonly optimizer: AdamW;
  /** Samples for which the scratch buffers have room. */
  readonly capacity: number;
  /** B */
  readonly batch: number;
  /** Into how many parts the batch is cut for the gradient. */
  readonly parts: number;
}

const isFinite = ({ data }: TiledOptions): boolean => data.kind === 'finite';

function x(options: TiledOptions, sample: string, feature: string): string {
  const value = `featureValue(dispatch.firstSample + ${sample}, ${feature}, place.keys, place.data)`;
  return isFinite(options) ? `${value} / lengths[place.local * ${options.capacity}u + ${sample}]` : value;
}

/** What `x` reads. */
const dataBindings = (options: TiledOptions): readonly Binding[] => [
  bindings.instances,
  ...(isFinite(options) ? [bindings.lengths] : []),
];

/** Samples of the dispatch: of a finite set that is smaller than the batch, all that it has. */
const samplesOf = (options: TiledOptions): string =>
  isFinite(options) ? 'min(dispatch.samples, place.data.samples)' : 'dispatch.samples';

/** Threads of a workgroup of the lengths. */
export const LENGTH_THREADS = 64;

/** Of a finite set: the length of each sample. */
export function lengthShader(options: TiledOptions): Shader {
  const { model, capacity } = options;
  return shader(
    [bindings.dispatch, bindings.instances, written(bindings.lengths)],
    `${headOf(options)}
@compute @workgroup_size(${LENGTH_THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= dispatch.samples) { return; }
  let data = instances[dispatch.firstInstance + id.z];
  let keys = keysOf(data, dispatch.step);
  var squares = 0.0;
  for (var feature = 0u; feature < ${model.n}u; feature++) {
    let value = featureValue(dispatch.firstSample + id.x, feature, keys, data);
    squares += value * value;
  }
  lengths[id.z * ${capacity}u + id.x] = max(sqrt(squares), ${float(LEAST_LENGTH)});
}
`,
  );
}

export function hiddenShader(options: TiledOptions): Shader {
  const { model, capacity } = options;
  const { n, m, hidden } = model;
  const { encoder, length } = rowLayout(model);
  const code = product({
    rows: samplesOf(options),
    columns: m,
    firstK: '0u',
    endK: `${n}u`,
    terms: [
      {
        left: x(options, 'row', 'k'),
        right: `weights[(place.instance * ${n}u + k) * ${length}u + ${encoder}u + column]`,
        leftAlong: 'k',
        rightAlong: 'column',
      },
    ],
    place: placeOf(1),
    store: [
      `hidden[(place.local * ${capacity}u + row) * ${m}u + column] = ${hidden === 'linear' ? 'value' : 'max(value, 0.0)'};`,
    ],
  });
  return shader(
    [bindings.dispatch, ...dataBindings(options), bindings.weights, written(bindings.hidden)],
    headOf(options) + code,
  );
}

/** Leaves g in `output` and, where asked to, adds the loss to a sum for each workgroup. */
export function outputShader(options: TiledOptions): Shader {
  const { model, capacity } = options;
  const { n, m, output, target } = model;
  const { decoder, length } = rowLayout(model);
  const { threads } = tileFor(n);
  const groups = lossParts({ n }, capacity);
  const code = product({
    rows: samplesOf(options),
    columns: n,
    firstK: '0u',
    endK: `${m + 1}u`,
    terms: [
      {
        left: `select(1.0, hidden[(place.local * ${capacity}u + row) * ${m}u + min(k, ${m - 1}u)], k < ${m}u)`,
        right: `weights[(place.instance * ${n}u + column) * ${length}u + ${decoder}u + k]`,
        leftAlong: 'k',
        rightAlong: 'k',
      },
    ],
    place: [...placeOf(1), 'var loss = 0.0;'],
    store: [
      `let x = ${x(options, 'row', 'column')};`,
      `let error = ${output === 'linear' ? 'value' : 'max(value, 0.0)'} - ${target === 'abs' ? 'abs(x)' : 'x'};`,
      `let weighted = importances[place.instance * ${n}u + column] * error;`,
      'loss += weighted * error;',
      `output[(place.local * ${capacity}u + row) * ${n}u + column] = ${output === 'linear' ? 'weighted' : 'select(0.0, weighted, value > 0.0)'};`,
    ],
    after: [
      'if (dispatch.wantsLoss == 1u) {',
      '  lossOfThreads[thread] = loss;',
      '  workgroupBarrier();',
      '  if (thread == 0u) {',
      `    let slot = place.instance * ${groups}u + group.y * ${columnTiles(n)}u + group.x;`,
      '    var total = 0.0;',
      `    for (var z = 0u; z < ${threads}u; z++) { total += lossOfThreads[z]; }`,
      // An evaluation comes here dozens of times: its sum is of sums, or float32 would lose 2e-5.
      '    losses[slot] += total;',
      '  }',
      '}',
    ],
  });
  const { dispatch, importances, weights, hidden, losses } = bindings;
  return shader(
    [dispatch, ...dataBindings(options), importances, weights, hidden, written(bindings.output), losses],
    `${headOf(options)}var<workgroup> lossOfThreads: array<f32, ${threads}>;\n${code}`,
  );
}

export function backwardShader(options: TiledOptions): Shader {
  const { model, capacity } = options;
  const { n, m, hidden } = model;
  const { decoder, length } = rowLayout(model);
  const place = `(place.local * ${capacity}u + row) * ${m}u + column`;
  const code = product({
    rows: samplesOf(options),
    columns: m,
    firstK: '0u',
    endK: `${n}u`,
    terms: [
      {
        left: `output[(place.local * ${capacity}u + row) * ${n}u + k]`,
        right: `weights[(place.instance * ${n}u + k) * ${length}u + ${decoder}u + column]`,
        leftAlong: 'k',
        rightAlong: 'column',
      },
    ],
    place: placeOf(1),
    store: [`backward[${place}] = ${hidden === 'linear' ? 'value' : `select(0.0, value, hidden[${place}] > 0.0)`};`],
  });
  return shader(
    [
      ...[bindings.dispatch, bindings.instances, bindings.weights, bindings.output],
      ...(hidden === 'linear' ? [] : [bindings.hidden]),
      written(bindings.backward),
    ],
    headOf(options) + code,
  );
}

/** d(D, b), which of a tied model is d(W, b). */
export const gradientShader = (options: TiledOptions): Shader =>
  gradientProduct(
    options,
    options.model.kind === 'tied' ? [decoderTerm(options), encoderTerm(options)] : [decoderTerm(options)],
    { column: rowLayout(options.model).decoder, columns: options.model.m + 1 },
  );

/** dE of an untied model. */
export const encoderGradientShader = (options: TiledOptions): Shader =>
  gradientProduct(options, [encoderTerm(options)], {
    column: rowLayout(options.model).encoder,
    columns: options.model.m,
  });

/** gᵀ (h, 1) */
const decoderTerm = ({ model: { n, m }, capacity }: TiledOptions): Term => ({
  left: `output[(place.local * ${capacity}u + k) * ${n}u + row]`,
  right: `select(1.0, hidden[(place.local * ${capacity}u + k) * ${m}u + min(column, ${m - 1}u)], column < ${m}u)`,
  leftAlong: 'row',
  rightAlong: 'column',
});

/** xᵀ (e, 0) */
const encoderTerm = (options: TiledOptions): Term => {
  const { m } = options.model;
  return {
    left: x(options, 'k', 'row'),
    right: `select(0.0, backward[(place.local * ${options.capacity}u + k) * ${m}u + min(column, ${m - 1}u)], column < ${m}u)`,
    leftAlong: 'row',
    rightAlong: 'column',
  };
};

/** The terms' sum over each part of the batch, into so many columns of the gradient's rows. */
function gradientProduct(
  options: TiledOptions,
  terms: readonly Term[],
  { column, columns }: { readonly column: number; readonly columns: number },
): Shader {
  const { model, batch, parts } = options;
  const inPart = Math.ceil(batch / parts);
  const row = `((place.local * ${parts}u + place.part) * ${model.n}u + row) * ${rowLayout(model).length}u`;
  const code = product({
    rows: `${model.n}u`,
    columns,
    firstK: `place.part * ${inPart}u`,
    endK: `min(firstK + ${inPart}u, ${samplesOf(options)})`,
    terms,
    place: placeOf(parts),
    store: [`parts[${row} + ${column}u + column] = value;`],
  });
  const { dispatch, hidden, output, backward } = bindings;
  return shader(
    [dispatch, ...dataBindings(options), hidden, output, backward, written(bindings.parts)],
    headOf(options) + code,
  );
}

/** Threads of a workgroup of the update. */
export const UPDATE_THREADS = 64;

export function updateShader(options: TiledOptions): Shader {
  const { model, parts, optimizer } = options;
  const { beta1, beta2, epsilon } = optimizer;
  const weights = model.n * rowLayout(model).length;
  const { dispatch, instances, moments } = bindings;
  return shader(
    [dispatch, instances, bindings.parts, written(bindings.weights), moments],
    `${INSTANCE}${DISPATCH}
@compute @workgroup_size(${UPDATE_THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  if (j >= ${weights}u) { return; }
  var gradient = 0.0;
  for (var part = 0u; part < ${parts}u; part++) { gradient += parts[(id.z * ${parts}u + part) * ${weights}u + j]; }
  gradient *= instances[dispatch.firstInstance + id.z].factor;
  let index = (dispatch.firstInstance + id.z) * ${weights}u + j;
  let moment = vec2f(${float(beta1)}, ${float(beta2)}) * moments[index] + vec2f(${float(1 - beta1)} * gradient, ${float(1 - beta2)} * gradient * gradient);
  moments[index] = moment;
  let update = dispatch.update;
  let old = weights[index];
  weights[index] = old - (update.x * old + update.y * moment.x / (sqrt(moment.y * update.z) + ${float(epsilon)}));
}
`,
  );
}

const columnTiles = (columns: number): number => Math.ceil(columns / tileFor(columns).columns);

/** How many workgroups cover a product of these rows and columns: across, down. */
export const tilesOf = (rows: number, columns: number): readonly [across: number, down: number] => [
  columnTiles(columns),
  Math.ceil(rows / tileFor(columns).rows),
];

/** Sums of the loss that `outputShader` leaves for each instance. */
export const lossParts = ({ n }: { readonly n: number }, samples: number): number => {
  const [across, down] = tilesOf(samples, n);
  return across * down;
};
