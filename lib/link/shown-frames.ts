/** The frames that a link shows, held against what was trained, and against the weights that it holds. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { heldBy, type TrainingState } from '#lib/engine/checkpoint';
import { weightSize, type WeightName } from '#lib/model/toy';
import type { Tensor } from '#lib/runs/tensor-pack';
import { modelAt } from './compare.ts';
import type { Link } from './link.ts';
import { tensorOf } from './pack.ts';

interface ShownFrames {
  /** The frame at `step`, if there is one, is what was trained of a cell's shown instance: the same bits. */
  readonly agree: (step: number, cell: number, state: TrainingState) => boolean;
  /** The last frame is the weights that the link holds. */
  readonly end: () => boolean;
}

export function framesOf({ spec, timeline, weights }: Link): ShownFrames {
  const stacked = timeline.tensors.map(tensorOf);
  const held = weights.tensors.map(tensorOf);
  const rowAt = (tensor: Tensor, frame: number, cell: number): Float32Array =>
    rowOf(
      tensor.data,
      frame * timeline.instances.length + cell,
      weightSize(spec.model, tensor.name === 'b' ? 'b' : 'W'),
    );
  return {
    agree(step, cell, state) {
      const frame = timeline.steps.indexOf(step);
      return (
        frame < 0 ||
        stacked.every((tensor) => sameBits(rowAt(tensor, frame, cell), heldBy(state, tensor.name as WeightName)))
      );
    },
    end: () =>
      timeline.instances.every((instance, cell) => {
        const model = modelAt(spec, held, weights.instances.indexOf(instance));
        const last = timeline.steps.length - 1;
        return stacked.every((tensor) =>
          sameBits(rowAt(tensor, last, cell), present(model.get(tensor.name), tensor.name)),
        );
      }),
  };
}

export const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
