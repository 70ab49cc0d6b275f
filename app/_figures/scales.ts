/** Data → colour and length. Each colour is a CSS colour that knows both themes, so no figure needs to be told the theme. */
import { viridis } from './viridis.ts';

/** Viridis without the end that vanishes on each paper: pale yellow on white, deep violet on black. */
const ON_LIGHT = { from: 0, to: 0.93 };
const ON_DARK = { from: 0.24, to: 1 };

/** Feature i of n, most important first: yellow for the most important, violet for the least. */
export const featureColour = (feature: number, n: number): string =>
  `light-dark(${onPaper(feature, n, ON_LIGHT)}, ${onPaper(feature, n, ON_DARK)})`;

/** The same on light paper, for pictures that know no themes. */
export const featureColourOnLight = (feature: number, n: number): string => onPaper(feature, n, ON_LIGHT);

function onPaper(feature: number, n: number, { from, to }: typeof ON_LIGHT): string {
  const importance = n > 1 ? 1 - feature / (n - 1) : 1;
  return viridis(from + importance * (to - from));
}

/** Cell c of k, densest first: along the same map the other way round, so that the sparsest stands out. */
export const cellColour = (cell: number, cells: number): string => featureColour(cells - 1 - cell, cells);

/** Superposition Σ_j (Ŵ_i·W_j)², clamped to 0 … 1: navy, teal, yellow. */
export function superpositionColour(superposition: number): string {
  const s = clamp(superposition, 0, 1);
  return s < 0.5
    ? blend('--superposition-none', '--superposition-half', s * 2)
    : blend('--superposition-half', '--superposition-full', s * 2 - 1);
}

/** An entry of WᵀW, clamped to −1 … 1: blue, light grey, red. */
export function gramColour(value: number): string {
  const v = clamp(value, -1, 1);
  return blend('--gram-zero', v < 0 ? '--gram-negative' : '--gram-positive', Math.abs(v));
}

function blend(from: string, to: string, share: number): string {
  return `color-mix(in oklab, var(${from}), var(${to}) ${(100 * share).toFixed(1)}%)`;
}

/** A not-a-number is drawn as the lower end: a diverged run must not break the page. */
export const clamp = (value: number, low: number, high: number): number => (value > low ? Math.min(value, high) : low);

/** Half-width of a plot of W's rows, in data units: 1.4 unless a vector needs more, and then in few large steps, so that it rests. */
export function reach(norms: readonly number[]): number {
  const longest = norms.reduce((most, norm) => Math.max(most, norm), 0);
  return [1.4, 2, 3, 5, 8].find((step) => step >= longest * 1.06) ?? longest * 1.1;
}

const SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 0.0503 → "0.0503", 12345 → "12,300": three significant digits, with a true minus sign. */
export const formatShort = (value: number): string => SIGNIFICANT.format(value).replace('-', '−');
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** For the ticks of an axis, where long numbers are cut: 0.002 stays, 0.00001 is 10⁻⁵, 0.00002 is 2·10⁻⁵. */
export function formatPower(value: number): string {
  if (value >= 0.001) return formatShort(value);
  const [digits = '', power = ''] = value.toExponential(0).split('e-');
  const raised = `10⁻${Array.from(power, (digit) => SUPERSCRIPTS[Number(digit)]).join('')}`;
  return digits === '1' ? raised : `${digits}·${raised}`;
}
export const formatCount = (value: number): string => WHOLE.format(value);
/** Two decimals with a true minus sign, as coordinates and weights are read. */
export const formatWeight = (value: number): string => value.toFixed(2).replace('-', '−');

/** "S = 0.90, p = 0.10": both, always. S is 1 − p, rounded to p's own digits so that 1 − 0.999 reads 0.001. */
export function formatDensity(density: number): { readonly S: string; readonly p: string } {
  const digits = density >= 0.02 ? 2 : 3;
  return { S: (1 - density).toFixed(digits), p: density.toFixed(digits) };
}
