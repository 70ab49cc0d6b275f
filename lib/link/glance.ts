/** What of a link is drawn at once, with the page itself: its words and the end of its run. The rest follows. */
import { isSweep } from '#lib/spec/tiles';
import { LINK_LIMITS } from './limits.ts';
import type { Link, PackedTensor } from './link.ts';
import { packTensor, tensorOf } from './pack.ts';
import { glancedWeights } from './sweep.ts';

/** Of a sweep a coarser diagram. */
export const glanceOf = (link: Link): Link => (isSweep(link.spec) ? glanceOfSweep(link) : glanceOfRun(link));

const glanceOfSweep = (link: Link): Link => ({
  ...link,
  result: { ...link.result, evaluationLoss: [] },
  weights: glancedWeights(link),
});

/** The same link with the last frame only, without its other weights and its loss curve; of a large one without that frame, too. */
function glanceOfRun(link: Link): Link {
  const { timeline } = link;
  const count = timeline.tensors.reduce((sum, { shape }) => sum + shape.slice(1).reduce((a, b) => a * b, 1), 0);
  const isSmall = count <= LINK_LIMITS.glance;
  return {
    ...link,
    start: null,
    weights: { instances: [], tensors: [] },
    timeline: isSmall
      ? { ...timeline, steps: timeline.steps.slice(-1), tensors: timeline.tensors.map(lastOf) }
      : { ...timeline, steps: [], tensors: [] },
    losses: { steps: [], values: packTensor({ name: 'loss', shape: [0, 0], data: new Float32Array() }) },
  };
}

/** [F, …] → [1, …] */
function lastOf(packed: PackedTensor): PackedTensor {
  const { name, shape, data } = tensorOf(packed);
  const size = data.length / (shape[0] ?? 1);
  return packTensor({ name, shape: [1, ...shape.slice(1)], data: data.slice(data.length - size) });
}
