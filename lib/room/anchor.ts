/**
 * What a note speaks of, in data units: never in pixels, and with the values as they stood when it was written. It is JSON in
 * the document `notes`, where anybody may have written anything: `readAnchor` believes nothing.
 */
import { AXES } from '#lib/spec/spec';
import { NOTES_LIMITS } from './limits.ts';

/** Where a note can be pinned. */
export const ANCHOR_FIGURES = [
  'strip',
  'map',
  'directions',
  'gram',
  'norms',
  'loss',
  'timeline',
  'parameters',
] as const;
export type AnchorFigure = (typeof ANCHOR_FIGURES)[number];

export interface Anchor {
  /** Id of the agenda's item. */
  readonly item: string;
  /** null: nothing had been trained. */
  readonly run: string | null;
  /** cell · replicas + replica, of the model that was shown. */
  readonly instance: number;
  /** p = 1 − S of that model: in another run its cell may have another number. */
  readonly density: number;
  /** What else tells that model from the others, where its run spans more than densities. */
  readonly axes?: AnchorAxes;
  /** null: nothing had been trained. */
  readonly step: number | null;
  readonly figure: AnchorFigure;
  readonly target: Target;
  /** As they stood. */
  readonly quotes: readonly Quote[];
}

export type AnchorAxes = Readonly<Partial<Record<(typeof AXES)[number], number>>>;

/** A feature, pair, cell, region, axis, step or parameter. Features count from 0. */
export type Target =
  | { readonly kind: 'feature'; readonly feature: number; readonly role: Role }
  | { readonly kind: 'pair'; readonly features: Two<number>; readonly roles: Two<Role>; readonly cosine: number }
  | { readonly kind: 'cell' }
  /** In the units of the figure's axes. */
  | { readonly kind: 'region'; readonly from: Two<number>; readonly to: Two<number> }
  | { readonly kind: 'axis'; readonly axis: 'x' | 'y' }
  | { readonly kind: 'step' }
  | { readonly kind: 'parameter'; readonly parameter: string };

type Two<T> = readonly [T, T];

/** What a feature was in its model, by which it is found in another (`lib/measure/role` measures it). */
export interface Role {
  readonly importance: number;
  readonly norm: number;
  readonly share: number;
  readonly shape: string | null;
  readonly cosines: readonly number[];
}

export interface Quote {
  readonly label: string;
  readonly value: number | string;
}

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= NOTES_LIMITS.id;

/** null: a note about nothing in particular, or what is no anchor. */
export function readAnchor(value: unknown): Anchor | null {
  if (!isJson(value)) return null;
  const { item, run, instance, density, step, figure } = value;
  const target = readTarget(value['target']);
  if (target === null || !isShort(item) || !(run === null || isShort(run)) || !isIndex(instance)) return null;
  if (!isNumber(density) || !(step === null || isIndex(step)) || !isFigure(figure)) return null;
  const axes = readAxes(value['axes']);
  const quotes = readQuotes(value['quotes']);
  return { item, run, instance, density, ...(axes === null ? {} : { axes }), step, figure, target, quotes };
}

/** null: none is told. */
function readAxes(value: unknown): AnchorAxes | null {
  if (!isJson(value)) return null;
  const told = AXES.flatMap((over) => (isNumber(value[over]) ? [[over, value[over]] as const] : []));
  return told.length === 0 ? null : Object.fromEntries(told);
}

const isFigure = (value: unknown): value is AnchorFigure => ANCHOR_FIGURES.some((figure) => figure === value);

function readTarget(value: unknown): Target | null {
  if (!isJson(value)) return null;
  switch (value['kind']) {
    case 'feature':
      return readFeature(value);
    case 'pair':
      return readPair(value);
    case 'region':
      return readRegion(value);
    case 'axis':
      return value['axis'] === 'x' || value['axis'] === 'y' ? { kind: 'axis', axis: value['axis'] } : null;
    case 'parameter':
      return isShort(value['parameter']) ? { kind: 'parameter', parameter: value['parameter'] } : null;
    case 'cell':
      return { kind: 'cell' };
    case 'step':
      return { kind: 'step' };
    default:
      return null;
  }
}

function readFeature({ feature, role }: Json): Target | null {
  const read = readRole(role);
  return isIndex(feature) && read !== null ? { kind: 'feature', feature, role: read } : null;
}

function readPair({ features, roles, cosine }: Json): Target | null {
  if (!Array.isArray(features) || !Array.isArray(roles) || !isNumber(cosine)) return null;
  const [i, j] = features as unknown[];
  const [first, second] = (roles as unknown[]).map(readRole);
  if (!isIndex(i) || !isIndex(j) || !first || !second) return null;
  return { kind: 'pair', features: [i, j], roles: [first, second], cosine };
}

function readRegion({ from, to }: Json): Target | null {
  const [first, last] = [readPoint(from), readPoint(to)];
  return first === null || last === null ? null : { kind: 'region', from: first, to: last };
}

function readPoint(value: unknown): Two<number> | null {
  if (!Array.isArray(value)) return null;
  const [x, y] = value as unknown[];
  return isNumber(x) && isNumber(y) ? [x, y] : null;
}

function readRole(value: unknown): Role | null {
  if (!isJson(value)) return null;
  const { importance, norm, share, shape, cosines } = value;
  if (!isNumber(importance) || !isNumber(norm) || !isNumber(share)) return null;
  if (!(shape === null || isShort(shape)) || !Array.isArray(cosines)) return null;
  return { importance, norm, share, shape, cosines: cosines.filter(isNumber) };
}

function readQuotes(value: unknown): readonly Quote[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).slice(0, NOTES_LIMITS.quotes).flatMap((quote) => {
    if (!isJson(quote)) return [];
    const { label, value: said } = quote;
    return isShort(label) && (isNumber(said) || isShort(said)) ? [{ label, value: said }] : [];
  });
}
