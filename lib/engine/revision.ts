/** Which version of its arithmetic a portable engine has, by what it trains. */
import type { RunSpec } from '#lib/spec/spec';
import { batchLaneTakes, shapeOf } from './fused/shape.ts';

/** Grows with any change of a bit. null: another machine may give other bits. */
export function revisionOf(engine: string, spec: RunSpec): number | null {
  switch (engine) {
    case 'reference':
      return 1;
    case 'fused-wasm':
      // 2: hidden-lane adds up in another order where much is active, and by pairs of features where little is.
      return batchLaneTakes(shapeOf(spec)) ? 1 : 2;
    default:
      return null;
  }
}
