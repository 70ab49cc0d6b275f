/**
 * The paper's colours of a phase diagram, a bilinear map: grey where a feature is not represented, and the longer it is, the more blue
 * where it has its direction for itself, red where it shares it.
 */
import { useMemo, useSyncExternalStore } from 'react';
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

/** As numbers, since a canvas knows no variables of a page's style; null until the page is alive. Others in each theme. */
export function usePhaseColours(): PhaseColours | null {
  const theme = useSyncExternalStore(onTheme, inkNow, () => '');
  return useMemo(
    () =>
      theme === ''
        ? null
        : { absent: resolved('--absent'), dedicated: resolved('--dedicated'), superposed: resolved('--superposed') },
    [theme],
  );
}

/** Another in each theme. */
const inkNow = (): string => getComputedStyle(document.body).color;

/** The system's theme, or a reader's choice. */
function onTheme(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(changed);
  system.addEventListener('change', changed);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  };
}

function resolved(variable: string): Colour {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.color = `var(${variable})`;
  const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return [r, g, b];
}
