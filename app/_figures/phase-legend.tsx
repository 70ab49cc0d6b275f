/** The diagram's colours: three swatches and the way between them, norm upwards, superposition to the right. An SVG, so that it is saved with its figure. */
import { memo, type ReactNode } from 'react';
import styles from './cell-map.module.css';
import { cssColour, phaseColour, type PhaseColours } from './phase-colour.ts';

/** px */
const SIDE = 24;
const SLICES = 6;

interface PhaseLegendProps {
  readonly colours: PhaseColours | null;
}

/** Drawn again when the theme is another, and not with each frame. */
export const PhaseLegend = memo(function PhaseLegend({ colours }: PhaseLegendProps): ReactNode {
  if (colours === null) return null;
  const slice = SIDE / SLICES;
  const share = (k: number): number => k / (SLICES - 1);
  return (
    <span className={styles['legend']}>
      <svg width={SIDE} height={SIDE} viewBox={`0 0 ${String(SIDE)} ${String(SIDE)}`} role="img" aria-label={ALOUD}>
        <title>{ALOUD}</title>
        {Array.from({ length: SLICES * SLICES }, (_, k) => {
          const [column, row] = [k % SLICES, Math.floor(k / SLICES)];
          const colour = phaseColour(colours, 1 - share(row), share(column));
          return (
            <rect
              key={k}
              x={column * slice}
              y={row * slice}
              width={slice + 0.2}
              height={slice + 0.2}
              fill={cssColour(colour)}
            />
          );
        })}
      </svg>
      <Swatch colour={phaseColour(colours, 0, 0)} words="ignored" />
      <Swatch colour={phaseColour(colours, 1, 0)} words="dedicated" />
      <Swatch colour={phaseColour(colours, 1, 1)} words="superposed" />
    </span>
  );
});

const ALOUD = 'Upwards: length ‖W‖, 0 to 1. To the right: superposition, 0 to 1.';

const Swatch = ({ colour, words }: { readonly colour: Parameters<typeof cssColour>[0]; readonly words: string }) => (
  <span className={styles['swatch']}>
    <i style={{ background: cssColour(colour) }} aria-hidden />
    {words}
  </span>
);
