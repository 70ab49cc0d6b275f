import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './top-bar.module.css';

/** The house's sign, a pentagon and its five directions: the way home. */
export function HomeMark(): ReactNode {
  const corners = [0, 1, 2, 3, 4].map((k) => {
    const angle = Math.PI / 2 + (k * 2 * Math.PI) / 5;
    return [10 + 8 * Math.cos(angle), 10.6 - 8 * Math.sin(angle)].map((value) => value.toFixed(2));
  });
  return (
    <Link href="/" className={styles['home']} aria-label="Polytope, home">
      <svg
        width={20}
        height={20}
        viewBox="0 0 20 20"
        aria-hidden
        stroke="currentColor"
        fill="none"
        strokeLinejoin="round"
      >
        <polygon points={corners.map((corner) => corner.join(',')).join(' ')} strokeWidth={1.5} />
        {corners.map(([x, y]) => (
          <line key={x} x1={10} y1={10.6} x2={x} y2={y} strokeWidth={1} opacity={0.55} />
        ))}
      </svg>
    </Link>
  );
}
