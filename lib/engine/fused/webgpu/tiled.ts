/**
 * The *tiled* kernels: one step of any shape, as five dispatches over all instances, as WGSL written for the (n, m, output).
 *
 * Idea. A step is four matrix products (product.ts) and the update. With a bias being the weight of a hidden unit that is always
 * 1, the weights are [n, m + 1] and nothing needs a case of its own:
 *
 *   hidden     h [B, m] = x W                          x is regenerated from the counter wherever it is needed
 *   outputs    o [B, n] = (h, 1) (W, b)ᵀ, and at once g = I (o − x) 1[o > 0] and the loss
 *   backward   e [B, m] = g W
 *   gradient   d(W, b) [n, m + 1] = gᵀ (h, 1) + xᵀ (e, 0), the batch in parts, so that there is work for all of a device
 *   update     the parts added up, and AdamW
 *
 * Cost in multiplications: B n (5 m + 2), and three hashes for each number of x; memory traffic 4 · 3 · B (n + 2 m) bytes.
 *
 * Tolerance: gradients within 3e-5 of float64. The order of summation is fixed by the shape and the parts.
 */
import type { AdamW } from '#lib/model/adamw';
import type { TiedModel } from '#lib/model/tied';
import { product, tileFor } from './product.ts';
import { DATA, float, shader, type Binding, type Shader } from './wgsl.ts';

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
/** Where a workgroup is: which instance, its place among those of the dispatch, and its data. */
struct Place { instance: u32, local: u32, part: u32, key: u32, data: Instance }
`;

const bindings = {
  dispatch: { name: 'dispatch', type: 'Dispatch', access: 'uniform' },
  instances: { name: 'instances', type: 'array<Instance>', access: 'read' },
  importances: { name: 'importances', type: 'array<f32>', access: 'read' },
  weights: { name: 'weights', type: 'array<f32>', access: 'read' },
  hidden: { name: 'hidden', type: 'array<f32>', access: 'read' },
  output: { name: 'output', type: 'array<f32>', access: 'read' },
  backward: { name: 'backward', type: 'array<f32>', access: 'read' },
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
  `let place = Place(instance, local, group.z % ${parts}u, mixed(data.root ^ dispatch.step), data);`,
];

export interface TiledOptions {
  readonly model: TiedModel;
  readonly optimizer: AdamW;
  /** Samples for which the scratch buffers have room. */
  readonly capacity: number;
  /** B */
  readonly batch: number;
  /** Into how many parts the batch is cut for the gradient. */
  readonly parts: number;
}

/** The factor of the sums, 2/(B n). */
const gradientFactor = ({ batch, model }: TiledOptions): number => 2 / (batch * model.n);

const x = (sample: string, feature: string, n: number): string =>
  `featureValue(place.key + (dispatch.firstSample + ${sample}) * ${n}u + ${feature}, place.data)`;

export function hiddenShader({ model: { n, m }, capacity }: TiledOptions): Shader {
  const code = product({
    rows: 'dispatch.samples',
    columns: m,
    firstK: '0u',
    endK: `${n}u`,
    terms: [
      {
        left: x('row', 'k', n),
        right: `weights[(place.instance * ${n}u + k) * ${m + 1}u + column]`,
        leftAlong: 'k',
        rightAlong: 'column',
      },
    ],
    place: placeOf(1),
    store: [`hidden[(place.local * ${capacity}u + row) * ${m}u + column] = value;`],
  });
  return shader(
    [bindings.dispatch, bindings.instances, bindings.weights, written(bindings.hidden)],
    DATA + DISPATCH + code,
  );
}

/** Leaves g in `output` and, where asked to, adds the loss to a sum for each workgroup. */
export function outputShader({ model: { n, m, output }, capacity }: TiledOptions): Shader {
  const { threads } = tileFor(n);
  const groups = lossParts({ n }, capacity);
  const code = product({
    rows: 'dispatch.samples',
    columns: n,
    firstK: '0u',
    endK: `${m + 1}u`,
    terms: [
      {
        left: `select(1.0, hidden[(place.local * ${capacity}u + row) * ${m}u + min(k, ${m - 1}u)], k < ${m}u)`,
        right: `weights[(place.instance * ${n}u + column) * ${m + 1}u + k]`,
        leftAlong: 'k',
        rightAlong: 'k',
      },
    ],
    place: [...placeOf(1), 'var loss = 0.0;'],
    store: [
      `let error = ${output === 'linear' ? 'value' : 'max(value, 0.0)'} - ${x('row', 'column', n)};`,
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
      '    var total = losses[slot];',
      `    for (var z = 0u; z < ${threads}u; z++) { total += lossOfThreads[z]; }`,
      '    losses[slot] = total;',
      '  }',
      '}',
    ],
  });
  const { dispatch, instances, importances, weights, hidden, losses } = bindings;
  return shader(
    [dispatch, instances, importances, weights, hidden, written(bindings.output), losses],
    `${DATA}${DISPATCH}var<workgroup> lossOfThreads: array<f32, ${threads}>;\n${code}`,
  );
}

export function backwardShader({ model: { n, m }, capacity }: TiledOptions): Shader {
  const code = product({
    rows: 'dispatch.samples',
    columns: m,
    firstK: '0u',
    endK: `${n}u`,
    terms: [
      {
        left: `output[(place.local * ${capacity}u + row) * ${n}u + k]`,
        right: `weights[(place.instance * ${n}u + k) * ${m + 1}u + column]`,
        leftAlong: 'k',
        rightAlong: 'column',
      },
    ],
    place: placeOf(1),
    store: [`backward[(place.local * ${capacity}u + row) * ${m}u + column] = value;`],
  });
  return shader(
    [bindings.dispatch, bindings.instances, bindings.weights, bindings.output, written(bindings.backward)],
    DATA + DISPATCH + code,
  );
}

export function gradientShader({ model: { n, m }, capacity, batch, parts }: TiledOptions): Shader {
  const inPart = Math.ceil(batch / parts);
  const code = product({
    rows: `${n}u`,
    columns: m + 1,
    firstK: `place.part * ${inPart}u`,
    endK: `min(firstK + ${inPart}u, dispatch.samples)`,
    terms: [
      {
        left: `output[(place.local * ${capacity}u + k) * ${n}u + row]`,
        right: `select(1.0, hidden[(place.local * ${capacity}u + k) * ${m}u + min(column, ${m - 1}u)], column < ${m}u)`,
        leftAlong: 'row',
        rightAlong: 'column',
      },
      {
        left: x('k', 'row', n),
        right: `select(0.0, backward[(place.local * ${capacity}u + k) * ${m}u + min(column, ${m - 1}u)], column < ${m}u)`,
        leftAlong: 'row',
        rightAlong: 'column',
      },
    ],
    place: placeOf(parts),
    store: [`parts[((place.local * ${parts}u + place.part) * ${n}u + row) * ${m + 1}u + column] = value;`],
  });
  const { dispatch, instances, hidden, output, backward } = bindings;
  return shader([dispatch, instances, hidden, output, backward, written(bindings.parts)], DATA + DISPATCH + code);
}

/** Threads of a workgroup of the update. */
export const UPDATE_THREADS = 64;

export function updateShader(options: TiledOptions): Shader {
  const { model, parts, optimizer } = options;
  const { beta1, beta2, epsilon } = optimizer;
  const weights = model.n * (model.m + 1);
  const { dispatch, moments } = bindings;
  return shader(
    [dispatch, bindings.parts, written(bindings.weights), moments],
    `
struct Instance { root: u32, lastActive: u32, scale: f32, unused: u32 }
${DISPATCH}
@compute @workgroup_size(${UPDATE_THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  if (j >= ${weights}u) { return; }
  var gradient = 0.0;
  for (var part = 0u; part < ${parts}u; part++) { gradient += parts[(id.z * ${parts}u + part) * ${weights}u + j]; }
  gradient *= ${float(gradientFactor(options))};
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
