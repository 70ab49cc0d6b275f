/**
 * The batch-lane kernel's sums for models of more than a few weights: the same numbers, bit by bit, by loops over the features.
 *
 * Idea. Written out for all features, the sums of n = 20, m = 5 are 1,200 operations in a row on 140 variables, and V8, which orders them as
 * it likes, fills most with writing variables to the stack and reading them again: 590 cycles for four samples, of which arithmetic
 * needs 250. A loop over the features keeps its order. So a step of the sums is four loops, each with nothing in variables but the hidden
 * layer, and the first three go over several *groups* of four samples at a time, so that a weight that was fetched serves all of them:
 *
 *   encode   h_k += x_i W_ik
 *   decode   o_i = b_i + Σ h_k W_ik, g_i
 *   back     e_k += g_i W_ik
 *   sums     dW_i += g_i h + x_i e, db_i += g_i, group by group, in the order of the samples
 *
 * Cost: that of `batch-lane.ts`. At n = 20, m = 5 a multiply-add and all around it take .9 (portable) and .75 cycles (relaxed) instead of 1.2 and .9.
 */
import type { ToyModel } from '#lib/model/toy';
import type { Arithmetic } from './arithmetic.ts';
import { ACCUMULATORS, loopsLayout, modelLayout, type BatchLaneLayout } from './batch-lane-layout.ts';
import { base, FLOAT, moveOn, range, VECTOR, vectors } from './emit.ts';
import { f32x4, i32, repeatWhile, set, v128, when, type Code, type Local } from './wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from './wasm/module.ts';

export type SumsName = 'gradient' | 'loss' | 'lossAndGradient';

/** Of shapes whose hidden layer is in variables, several groups of it: m ≤ ACCUMULATORS / 2. */
export function loopedSums(
  name: SumsName,
  shape: ToyModel,
  layout: BatchLaneLayout,
  arithmetic: Arithmetic,
): WasmFunction {
  return wasmFunction(name, { model: 'i32', bytes: 'i32', scale: 'f32' }, 'none', ({ model, bytes, scale }, local) => {
    const scope = scopeOf({ name, shape, layout, arithmetic, model }, local);
    const { position, scales, loss, loops } = scope;
    /** The next `groups`, for as long as there are so many. */
    const whileThereAre = (groups: number): Code => {
      const more = i32.lessThan(i32.add(position, i32.const((groups - 1) * VECTOR)), bytes);
      return when(more, [repeatWhile(more, [...overGroups({ ...scope, groups }), moveOn(position, groups * VECTOR)])]);
    };
    return [
      set(scales, f32x4.splat(scale)),
      set(loss, v128.load(base, layout.loss)),
      // A loss is added up in the order of the samples: one group after the other.
      ...(name === 'gradient' ? [whileThereAre(loops.groups)] : []),
      whileThereAre(1),
      v128.store(base, layout.loss, loss),
    ];
  });
}

interface Given {
  readonly name: SumsName;
  readonly shape: ToyModel;
  readonly layout: BatchLaneLayout;
  readonly arithmetic: Arithmetic;
  readonly model: Local<'i32'>;
}

/** A variable that goes from feature to feature: where the first one's is, and bytes to the next. */
interface Pointer extends Local<'i32'> {
  readonly from: Code<'i32'>;
  readonly by: number;
}

type Scope = ReturnType<typeof scopeOf>;

/** What the loops are written with. */
function scopeOf(given: Given, local: Locals) {
  const { shape, layout, model } = given;
  const { m } = shape;
  const loops = loopsLayout(shape, layout.loops);
  const vector = (name: string): Local<'v128'> => local('v128', name);
  const ofGroups = (name: string): ((group: number) => Local<'v128'>) => vectors(local, name, loops.groups);
  const hiddenLayers = (name: string): ((group: number, k: number) => Local<'v128'>) => {
    const held = vectors(local, name, loops.groups * m);
    return (group, k) => held(group * m + k);
  };
  const pointer = (name: string, from: Code<'i32'>, by: number): Pointer => ({ ...local('i32', name), from, by });
  const position = local('i32', 'position');
  return {
    ...given,
    loops,
    position,
    scales: vector('scales'),
    loss: vector('loss'),
    // At a feature's row of what the loops keep, its weights, its b and importance, its x, its sums of dW and db.
    row: pointer('row', base, loops.row),
    weights: pointer('weights', model, m * FLOAT),
    parameter: pointer('parameter', model, FLOAT),
    stored: pointer('stored', position, layout.stride),
    sums: pointer('sums', base, m * VECTOR),
    bias: pointer('bias', base, VECTOR),
    weight: vector('weight'),
    x: ofGroups('x'),
    g: ofGroups('g'),
    o: ofGroups('o'),
    b: vector('b'),
    importance: vector('importance'),
    error: vector('error'),
    h: hiddenLayers('h'),
    e: hiddenLayers('e'),
  };
}

/** A pass over so many groups from `position` on. */
interface Pass extends Scope {
  readonly groups: number;
}

function overGroups(pass: Pass): readonly Code[] {
  const forward = [...encode(pass), ...keep(pass, 'h'), ...decode(pass)];
  return pass.name === 'loss' ? forward : [...forward, ...back(pass), ...keep(pass, 'e'), ...addSums(pass)];
}

function encode(pass: Pass): readonly Code[] {
  const { layout, groups, weights, stored, scales, x } = pass;
  const value = (group: number): Code<'v128'> =>
    f32x4.multiply(f32x4.fromInt32(v128.load(stored, layout.x + group * VECTOR)), scales);
  return [
    ...clear(pass, 'h'),
    ...overFeatures(
      pass,
      [weights, stored],
      [
        ...range(groups).flatMap((group) => [set(x(group), value(group)), storeInRow(pass, 'x', group, x(group))]),
        ...addWeighted(pass, 'h', x),
      ],
    ),
  ];
}

function decode(pass: Pass): readonly Code[] {
  const { name, shape, arithmetic, groups, weights, parameter, weight, o, b, importance, h } = pass;
  const parameters = modelLayout(shape);
  return overFeatures(
    pass,
    [weights, parameter],
    [
      set(b, v128.loadSplat(parameter, parameters.b)),
      set(importance, v128.loadSplat(parameter, parameters.importance)),
      ...range(groups).map((group) => set(o(group), b)),
      ...range(shape.m).flatMap((k) => [
        fetchWeight(pass, k),
        ...range(groups).map((group) => set(o(group), arithmetic.multiplyAdd(h(group, k), weight, o(group)))),
      ]),
      ...range(groups).flatMap((group) => [
        fetchFromRow(pass, 'x', group),
        ...(name === 'gradient' ? [] : addLoss(pass, group)),
        ...(name === 'loss' ? [] : [storeInRow(pass, 'g', group, gradientOf(pass, group))]),
      ]),
    ],
  );
}

function addLoss({ shape, loss, importance, error, o, x }: Pass, group: number): readonly Code[] {
  const activated = shape.output === 'linear' ? o(group) : f32x4.greater(f32x4.zero, o(group));
  return [
    set(error, f32x4.subtract(activated, x(group))),
    set(loss, f32x4.add(loss, f32x4.multiply(importance, f32x4.multiply(error, error)))),
  ];
}

function gradientOf({ shape, importance, o, x }: Pass, group: number): Code<'v128'> {
  const weighted = f32x4.multiply(importance, f32x4.subtract(o(group), x(group)));
  return shape.output === 'linear' ? weighted : v128.and(weighted, f32x4.greaterThan(o(group), f32x4.zero));
}

function back(pass: Pass): readonly Code[] {
  const { groups, weights, g } = pass;
  const fetched = range(groups).map((group) => fetchFromRow(pass, 'g', group));
  return [...clear(pass, 'e'), ...overFeatures(pass, [weights], [...fetched, ...addWeighted(pass, 'e', g)])];
}

/** Some k in each loop: as many as h and e of all groups leave registers for. */
function addSums(pass: Pass): readonly Code[] {
  const { groups, shape } = pass;
  const atOnce = Math.max(1, Math.floor(ACCUMULATORS / 2 / groups));
  return range(Math.ceil(shape.m / atOnce)).flatMap((loop) =>
    addSumsOf(pass, range(shape.m).slice(loop * atOnce, (loop + 1) * atOnce)),
  );
}

/** dW of these k, and db in the first loop: of the groups in their order, into a sum that is fetched once for all of them. */
function addSumsOf(pass: Pass, ks: readonly number[]): readonly Code[] {
  const { shape, layout, arithmetic, groups, sums, bias, x, g, h, e } = pass;
  const isFirst = ks.includes(0);
  const add = (at: Pointer, offset: number, next: (sum: Code<'v128'>, group: number) => Code<'v128'>): Code =>
    v128.store(at, offset, range(groups).reduce(next, v128.load(at, offset)));
  const addBias = add(bias, layout.gradient + shape.n * shape.m * VECTOR, (sum, group) => f32x4.add(sum, g(group)));
  return [
    ...range(groups).flatMap((group) =>
      ks.flatMap((k) => [fetchHidden(pass, 'h', group, k), fetchHidden(pass, 'e', group, k)]),
    ),
    ...overFeatures(pass, isFirst ? [sums, bias] : [sums], [
      ...range(groups).flatMap((group) => [fetchFromRow(pass, 'g', group), fetchFromRow(pass, 'x', group)]),
      ...(isFirst ? [addBias] : []),
      ...ks.map((k) =>
        add(sums, layout.gradient + k * VECTOR, (sum, group) =>
          arithmetic.addTwo(sum, [g(group), h(group, k)], [x(group), e(group, k)]),
        ),
      ),
    ]),
  ];
}

/** `body` for each feature, with `row` and these at what is the feature's. */
function overFeatures(
  { shape, loops, row }: Scope,
  others: readonly Pointer[],
  body: readonly Code[],
): readonly Code[] {
  const moved = [row, ...others];
  return [
    ...moved.map((pointer) => set(pointer, pointer.from)),
    repeatWhile(i32.lessThan(row, i32.const(shape.n * loops.row)), [
      ...body,
      ...moved.map((pointer) => moveOn(pointer, pointer.by)),
    ]),
  ];
}

const fetchWeight = ({ weight, weights }: Scope, k: number): Code => set(weight, v128.loadSplat(weights, k * FLOAT));

/** A hidden layer += of · weight, of one feature. */
function addWeighted(pass: Pass, layer: Hidden, of: (group: number) => Local<'v128'>): readonly Code[] {
  const { shape, arithmetic, groups, weight } = pass;
  return range(shape.m).flatMap((k) => [
    fetchWeight(pass, k),
    ...range(groups).map((group) => {
      const sum = pass[layer](group, k);
      return set(sum, arithmetic.multiplyAdd(of(group), weight, sum));
    }),
  ]);
}

/** What has a row for each feature. */
type Kept = 'x' | 'g';
const fetchFromRow = (pass: Pass, kept: Kept, group: number): Code =>
  set(pass[kept](group), v128.load(pass.row, pass.loops[kept] + group * VECTOR));
const storeInRow = ({ row, loops }: Pass, kept: Kept, group: number, value: Code<'v128'>): Code =>
  v128.store(row, loops[kept] + group * VECTOR, value);

/** What has a number for each k. */
type Hidden = 'h' | 'e';
const placeOf = ({ shape, loops }: Pass, layer: Hidden, group: number, k: number): number =>
  loops[layer] + (group * shape.m + k) * VECTOR;
const fetchHidden = (pass: Pass, layer: Hidden, group: number, k: number): Code =>
  set(pass[layer](group, k), v128.load(base, placeOf(pass, layer, group, k)));
const overHidden = ({ shape, groups }: Pass, code: (group: number, k: number) => Code): readonly Code[] =>
  range(groups).flatMap((group) => range(shape.m).map((k) => code(group, k)));
const clear = (pass: Pass, layer: Hidden): readonly Code[] =>
  overHidden(pass, (group, k) => set(pass[layer](group, k), f32x4.zero));
const keep = (pass: Pass, layer: Hidden): readonly Code[] =>
  overHidden(pass, (group, k) => v128.store(base, placeOf(pass, layer, group, k), pass[layer](group, k)));
