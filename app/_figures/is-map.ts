import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';

/** More than this are not looked through one by one. */
const STRIP = 64;

/** Shown as pixels, and not as a drawing of each cell: where two axes span it, or there are too many. */
export const isMap = (spec: RunSpec): boolean => spec.axes.length > 1 || isSweep(spec) || cellCount(spec) > STRIP;
