/**
 * The paper's colours of a phase diagram, a bilinear map: grey where a feature is not represented, and the longer it is, the more blue
 * where it has its direction for itself, red where it shares it.
 */
import type { SweepMap } from '#lib/runs/sweep-frame';
import { clamp } from './scales.ts';

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

export interface PhaseColours {
  readonly absent: Colour;
  readonly dedicated: Colour;
  readonly superposed: Colour;
}

/** norm ‖W_i‖ and superposition, both clamped to 0 … 1 → the colour. */
export function phaseColour(
  { absent, dedicated, superposed }: PhaseColours,
  norm: number,
  superposition: number,
): Colour {
  const [length, shared] = [clamp(norm, 0, 1), clamp(superposition, 0, 1)];
  return mix(absent, mix(dedicated, superposed, shared), length);
}

const mix = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

export const cssColour = ([r, g, b]: Colour): string => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;

/** The colour of one cell, for a chip beside its words; null while nothing is known of it. */
export function colourOfCell(
  { norm, superposition }: SweepMap,
  index: number,
  colours: PhaseColours | null,
): string | null {
  const length = norm[index];
  if (colours === null || length === undefined || Number.isNaN(length)) return null;
  return cssColour(phaseColour(colours, length, superposition[index] ?? 0));
}
