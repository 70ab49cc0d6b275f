/** How large a run is, in words, before anybody presses Run. */
import { LONGEST_S, whyTooLarge, workOf } from '#lib/engine/work';
import type { RunPlace } from '#lib/runs/record';
import { axisLength, cellCount, instanceCount } from '#lib/spec/cells';
import { checkRun } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep, tileCount } from '#lib/spec/tiles';
import { formatCount } from '../_figures/scales.ts';
import { aboutSeconds } from './words.ts';

/** "64 × 64 cells × 4 models = 16,384, in 4 tiles" */
export function sizeWords(spec: RunSpec): string {
  const sides = spec.axes.map(axisLength);
  const cells = sides.length > 1 ? sides.join(' × ') : formatCount(cellCount(spec));
  const models = formatCount(instanceCount(spec));
  const tiles = isSweep(spec) ? `, in ${formatCount(tileCount(spec))} tiles` : ', side by side';
  return `${cells} ${cellCount(spec) === 1 ? 'cell' : 'cells'} × ${String(spec.replicas)} models = ${models}${tiles}`;
}

/** What a run takes at the pace of the machine that would train it; empty where that is not known. */
export function timeWords(spec: RunSpec, pace: number | null, place: RunPlace): string {
  const seconds = pace === null ? Infinity : workOf(spec) / pace;
  const where = place === 'browser' ? 'in this browser' : 'on the server';
  return Number.isFinite(seconds) && seconds < LONGEST_S ? `${aboutSeconds(seconds)} ${where}` : '';
}

/** Why it would not be begun, and what to change; null where it would. */
export function refusalOf(spec: RunSpec, pace: number | null): string | null {
  const checked = checkRun(spec);
  if (!checked.ok) return checked.error.message;
  return whyTooLarge(spec, pace ?? undefined) ?? null;
}
