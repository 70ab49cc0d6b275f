/** The SVG of a figure that hands and keys go through. Screen readers leave it the arrow keys and hear its words, not its marks. */
import type { KeyboardEvent, ReactNode } from 'react';
import type { Size } from './use-size.ts';

interface DrawingProps {
  readonly size: Size;
  /** What the figure shows, in a sentence. */
  readonly label: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** The hand has gone. */
  readonly onLeave: () => void;
  readonly children: ReactNode;
}

export function Drawing({ size: { width, height }, label, onKeyDown, onLeave, children }: DrawingProps): ReactNode {
  return (
    <svg
      width={width}
      height={height}
      role="application"
      aria-roledescription="figure"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerLeave={onLeave}
    >
      <g aria-hidden>{children}</g>
    </svg>
  );
}
