/** A legend of colours: both ends by their value, and the way between them. An SVG, so that it is saved with its figure. */
import type { ReactNode } from 'react';
import styles from './figure.module.css';

interface RampProps {
  readonly from: number;
  readonly to: number;
  readonly colour: (value: number) => string;
  /** Before the first value. */
  readonly words?: string;
}

const SLICES = 24;
/** px */
const WIDTH = 48;
const HEIGHT = 6;

export function Ramp({ from, to, colour, words = '' }: RampProps): ReactNode {
  const slice = WIDTH / SLICES;
  return (
    <span className={styles['ramp']}>
      <span>
        {words === '' ? null : <span className={styles['rampWords']}>{words} </span>}
        {ends(from)}
      </span>
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
        {Array.from({ length: SLICES }, (_, k) => (
          <rect
            key={k}
            x={k * slice}
            width={slice + 0.5}
            height={HEIGHT}
            style={{ fill: colour(from + ((to - from) * (k + 0.5)) / SLICES) }}
          />
        ))}
      </svg>
      <span>{ends(to)}</span>
    </span>
  );
}

const ends = (value: number): string => String(value).replace('-', '−');
