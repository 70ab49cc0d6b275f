/** Which version of its arithmetic a portable engine has, by what it trains; and which one has trained a run. */
import type { EngineName } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { knowsPairs } from './fused/hidden-lane/layout.ts';
import { batchLaneTakes, shapeOf } from './fused/shape.ts';

/** Grows with any change of a bit. null: another machine may give other bits. */
export function revisionOf(engine: string, spec: RunSpec): number | null {
  switch (engine) {
    case 'reference':
      return 1;
    case 'fused-wasm': {
      const shape = shapeOf(spec);
      // 2: where little is active, hidden-lane adds up by pairs of features.
      return !batchLaneTakes(shape) && knowsPairs(shape.model) ? 2 : 1;
    }
    default:
      return null;
  }
}

/** As a run's `started` tells it. */
export function withRevision(engine: EngineName, spec: RunSpec): EngineName {
  const revision = revisionOf(engine.name, spec);
  return revision === null ? engine : { ...engine, revision };
}

/** Of the arithmetic that trained it, which may be an earlier program's than this. */
export const trainedRevision = ({ name, revision = 1 }: EngineName, spec: RunSpec): number | null =>
  revisionOf(name, spec) === null ? null : revision;
