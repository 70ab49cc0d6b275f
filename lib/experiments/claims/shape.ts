/** What claims ask of weights: lengths, angles, names. */
import { degreesBetween } from '#lib/measure/angles';
import { norms, representedFeatures } from '#lib/measure/norms';
import type { Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

export interface Description {
  /** ‖W_i‖ [n] */
  readonly lengths: readonly number[];
  readonly represented: readonly number[];
  /** Degrees between every two represented features, ascending. */
  readonly angles: readonly number[];
  /** [n] */
  readonly b: readonly number[];
}

/** W [n, m], b [n] */
export function describe({ W, b }: { readonly W: Numbers; readonly b: Numbers }, model: Shape): Description {
  const represented = representedFeatures(W, model);
  const angles = represented.flatMap((i) =>
    represented.filter((j) => j > i).map((j) => degreesBetween(W, i, j, model.m)),
  );
  return { lengths: [...norms(W, model)], represented, angles: angles.sort((one, other) => one - other), b: [...b] };
}
