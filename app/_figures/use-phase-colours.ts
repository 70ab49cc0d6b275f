/** The phase diagram's colours in the page's theme. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Colour, PhaseColours } from './phase-colour.ts';

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
