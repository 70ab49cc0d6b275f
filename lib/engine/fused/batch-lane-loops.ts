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

export function loopedSums(
  name: SumsName,
  shape: ToyModel,
  layout: BatchLaneLayout,
  arithmetic: Arithmetic,
): WasmFunction {
  return wasmFunction(name, { model: 'i32', bytes: 'i32', scale: 'f32' }, 'none', ({ model, bytes, scale }, local) => {
    const position = local('i32', 'position');
    const scales = local('v128', 'scales');
    const loss = local('v128', 'loss');
    const stages = stagesOf({ name, shape, layout, arithmetic, local, model, position, scales, loss });
    /** The next `groups`, for as long as there are so many. */
    const whileThereAre = (groups: number): Code => {
      const more = i32.lessThan(i32.add(position, i32.const((groups - 1) * VECTOR)), bytes);
      return when(more, [repeatWhile(more, [...stages(groups), moveOn(position, groups * VECTOR)])]);
    };
    // A loss is added up in the order of the samples: one group after the other.
    const { groups } = loopsLayout(shape, layout.loops);
    return [
      set(scales, f32x4.splat(scale)),
      set(loss, v128.load(base, layout.loss)),
      ...(name === 'gradient' && groups > 1 ? [whileThereAre(groups)] : []),
      whileThereAre(1),
      v128.store(base, layout.loss, loss),
    ];
  });
}

interface Scope {
  readonly name: SumsName;
  readonly shape: ToyModel;
  readonly layout: BatchLaneLayout;
  readonly arithmetic: Arithmetic;
  readonly local: Locals;
  readonly model: Local<'i32'>;
  readonly position: Local<'i32'>;
  readonly scales: Local<'v128'>;
  readonly loss: Local<'v128'>;
}

/** A pass over so many groups from `position` on. */
function stagesOf(scope: Scope): (groups: number) => readonly Code[] {
  const { name, shape, layout, arithmetic, local, model, position, scales, loss } = scope;
  const { n, m, output } = shape;
  const loops = loopsLayout(shape, layout.loops);
  const parameters = modelLayout(shape);

  /** Pointers at a feature's row of what the loops keep, its weights, its b and importance, its x, its sums of dW and db. */
  const pointers = {
    row: { at: local('i32', 'row'), from: base, by: loops.row },
    weights: { at: local('i32', 'weights'), from: model, by: m * FLOAT },
    parameter: { at: local('i32', 'parameter'), from: model, by: FLOAT },
    stored: { at: local('i32', 'stored'), from: position, by: layout.stride },
    sums: { at: local('i32', 'sums'), from: base, by: m * VECTOR },
    bias: { at: local('i32', 'bias'), from: base, by: VECTOR },
  };
  const overFeatures = (others: readonly (keyof typeof pointers)[], body: readonly Code[]): readonly Code[] => {
    const moved = [pointers.row, ...others.map((other) => pointers[other])];
    return [
      ...moved.map(({ at, from }) => set(at, from)),
      repeatWhile(i32.lessThan(pointers.row.at, i32.const(n * loops.row)), [
        ...body,
        ...moved.map(({ at, by }) => moveOn(at, by)),
      ]),
    ];
  };
  const { row, weights, parameter, stored, sums, bias } = Object.fromEntries(
    Object.entries(pointers).map(([key, { at }]) => [key, at]),
  ) as Record<keyof typeof pointers, Local<'i32'>>;

  const weight = local('v128', 'weight');
  const x = vectors(local, 'x', loops.groups);
  const g = vectors(local, 'g', loops.groups);
  const o = vectors(local, 'o', loops.groups);
  const [b, importance, error] = [local('v128', 'b'), local('v128', 'importance'), local('v128', 'error')];
  const h = vectors(local, 'h', loops.groups * m);
  const e = vectors(local, 'e', loops.groups * m);

  const chunks = range(Math.ceil(m / ACCUMULATORS)).map((chunk) =>
    range(m).slice(chunk * ACCUMULATORS, (chunk + 1) * ACCUMULATORS),
  );
  const fetch = (k: number): Code => set(weight, v128.loadSplat(weights, k * FLOAT));
  /** `into` += of · weight, for each k of a chunk and each group. */
  const addWeighted = (
    ks: readonly number[],
    groups: number,
    into: typeof h,
    of: (group: number) => Code<'v128'>,
  ): readonly Code[] =>
    ks.flatMap((k) => [
      fetch(k),
      ...range(groups).map((group) => {
        const sum = into(group * m + k);
        return set(sum, arithmetic.multiplyAdd(of(group), weight, sum));
      }),
    ]);
  const clear = (into: typeof h, groups: number): readonly Code[] =>
    range(groups * m).map((entry) => set(into(entry), f32x4.zero));
  const keep = (from: typeof h, place: number, groups: number): readonly Code[] =>
    range(groups * m).map((entry) => v128.store(base, place + entry * VECTOR, from(entry)));

  const encode = (groups: number): readonly Code[] => [
    ...clear(h, groups),
    ...chunks.flatMap((ks, chunk) =>
      overFeatures(chunk === 0 ? ['weights', 'stored'] : ['weights'], [
        ...range(groups).flatMap((group) =>
          chunk === 0
            ? [
                set(x(group), f32x4.multiply(f32x4.fromInt32(v128.load(stored, layout.x + group * VECTOR)), scales)),
                v128.store(row, loops.x + group * VECTOR, x(group)),
              ]
            : [set(x(group), v128.load(row, loops.x + group * VECTOR))],
        ),
        ...addWeighted(ks, groups, h, x),
      ]),
    ),
  ];

  const decode = (groups: number): readonly Code[] =>
    overFeatures(
      ['weights', 'parameter'],
      [
        set(b, v128.loadSplat(parameter, parameters.b)),
        set(importance, v128.loadSplat(parameter, parameters.importance)),
        ...range(groups).map((group) => set(o(group), b)),
        ...range(m).flatMap((k) => [
          fetch(k),
          ...range(groups).map((group) => set(o(group), arithmetic.multiplyAdd(h(group * m + k), weight, o(group)))),
        ]),
        ...range(groups).flatMap((group) => [
          set(x(group), v128.load(row, loops.x + group * VECTOR)),
          ...(name === 'gradient' ? [] : addLoss(o(group), x(group))),
          ...(name === 'loss' ? [] : [v128.store(row, loops.g + group * VECTOR, gradientOf(o(group), x(group)))]),
        ]),
      ],
    );
  const addLoss = (of: Local<'v128'>, target: Local<'v128'>): readonly Code[] => [
    set(error, f32x4.subtract(output === 'linear' ? of : f32x4.greater(f32x4.zero, of), target)),
    set(loss, f32x4.add(loss, f32x4.multiply(importance, f32x4.multiply(error, error)))),
  ];
  const gradientOf = (of: Local<'v128'>, target: Local<'v128'>): Code<'v128'> => {
    const weighted = f32x4.multiply(importance, f32x4.subtract(of, target));
    return output === 'linear' ? weighted : v128.and(weighted, f32x4.greaterThan(of, f32x4.zero));
  };

  const back = (groups: number): readonly Code[] => [
    ...clear(e, groups),
    ...chunks.flatMap((ks) =>
      overFeatures(
        ['weights'],
        [
          ...range(groups).map((group) => set(g(group), v128.load(row, loops.g + group * VECTOR))),
          ...addWeighted(ks, groups, e, g),
        ],
      ),
    ),
  ];

  const add = (at: Local<'i32'>, offset: number, value: (held: Code<'v128'>) => Code<'v128'>): Code =>
    v128.store(at, offset, value(v128.load(at, offset)));
  /** Of the groups in their order: into a sum that is fetched once for all of them. */
  const addSums = (groups: number): readonly Code[] => {
    const atOnce = Math.max(1, Math.floor(ACCUMULATORS / 2 / groups));
    return range(Math.ceil(m / atOnce)).flatMap((chunk) => {
      const ks = range(m).slice(chunk * atOnce, (chunk + 1) * atOnce);
      return [
        ...range(groups).flatMap((group) =>
          ks.flatMap((k) => [
            set(h(group * m + k), v128.load(base, loops.h + (group * m + k) * VECTOR)),
            set(e(group * m + k), v128.load(base, loops.e + (group * m + k) * VECTOR)),
          ]),
        ),
        ...overFeatures(chunk === 0 ? ['sums', 'bias'] : ['sums'], [
          ...range(groups).flatMap((group) => [
            set(g(group), v128.load(row, loops.g + group * VECTOR)),
            set(x(group), v128.load(row, loops.x + group * VECTOR)),
          ]),
          ...(chunk === 0
            ? [
                add(bias, layout.gradient + n * m * VECTOR, (held) =>
                  range(groups).reduce((sum, group) => f32x4.add(sum, g(group)), held),
                ),
              ]
            : []),
          ...ks.map((k) =>
            add(sums, layout.gradient + k * VECTOR, (held) =>
              range(groups).reduce(
                (sum, group) => arithmetic.addTwo(sum, [g(group), h(group * m + k)], [x(group), e(group * m + k)]),
                held,
              ),
            ),
          ),
        ]),
      ];
    });
  };

  return (groups) => [
    ...encode(groups),
    ...keep(h, loops.h, groups),
    ...decode(groups),
    ...(name === 'loss' ? [] : [...back(groups), ...keep(e, loops.e, groups), ...addSums(groups)]),
  ];
}
