/**
 * What of a run may change while it trains: what its data are like, and how fast it learns. Everything else would be another
 * model, or the same one with another past.
 */
import { refuse, type Result } from '#lib/base/result';
import { axisLength } from './cells.ts';
import { specHash } from './hash.ts';
import { checkSpec } from './resolve.ts';
import type { Axis, DataSpec, RunSpec } from './spec.ts';
import { isSweep } from './tiles.ts';

/** The parts of a spec that are replaced; what is left out stays. */
export interface SpecChange {
  readonly density?: DataSpec['density'] | undefined;
  readonly importance?: DataSpec['importance'] | undefined;
  /** As many as before, over the same, and each as long: cells come and go in no run. */
  readonly axes?: readonly Axis[] | undefined;
  readonly learningRate?: number | undefined;
}

/** A change, in force from `step` on: the first step trained under it is step + 1. */
export interface Amendment {
  readonly step: number;
  readonly change: SpecChange;
}

/** Changes of one run at most: whoever turns a knob all evening begins afresh in between. */
export const AMENDMENTS = 64;

export const amend = (spec: RunSpec, { density, importance, axes, learningRate }: SpecChange): RunSpec => ({
  ...spec,
  data: { ...spec.data, density: density ?? spec.data.density, importance: importance ?? spec.data.importance },
  axes: axes ?? spec.axes,
  optimizer: { ...spec.optimizer, learningRate: learningRate ?? spec.optimizer.learningRate },
});

/** The spec in force after all of them, in order. */
export const amendAll = (spec: RunSpec, amendments: readonly Amendment[]): RunSpec =>
  amendments.reduce((amended, { change }) => amend(amended, change), spec);

/** What turns `from` into `to`; undefined where more would have to change, or nothing does. */
export function changeBetween(from: RunSpec, to: RunSpec): SpecChange | undefined {
  const change = {
    ...(from.data.density === to.data.density ? {} : { density: to.data.density }),
    ...(same(from.data.importance, to.data.importance) ? {} : { importance: to.data.importance }),
    ...(same(from.axes, to.axes) ? {} : { axes: to.axes }),
    ...(from.optimizer.learningRate === to.optimizer.learningRate ? {} : { learningRate: to.optimizer.learningRate }),
  };
  if (Object.keys(change).length === 0 || !sameCells(from.axes, to.axes)) return undefined;
  return specHash(amend(from, change)) === specHash(to) ? change : undefined;
}

/** The amended spec, or a refusal that says what is wrong with the change. */
export function checkChange(spec: RunSpec, change: SpecChange): Result<RunSpec> {
  if (Object.values(change).every((value) => value === undefined))
    return refuse('invalid', 'The change is empty: say what is to be another.', 'change');
  if (isSweep(spec))
    return refuse(
      'conflict',
      'A sweep is not changed while it trains: its tiles would be trained under different specs.',
      'change',
    );
  if (!sameCells(spec.axes, change.axes ?? spec.axes))
    return refuse(
      'invalid',
      'Axes can move while a run trains, but not come, go or change their length.',
      'change.axes',
    );
  return checkSpec(amend(spec, change));
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const sameCells = (a: readonly Axis[], b: readonly Axis[]): boolean => same(a.map(shapeOf), b.map(shapeOf));

const shapeOf = (axis: Axis): readonly [string, number] => [axis.over, axisLength(axis)];
