import { useCallback, useState } from 'react';

/** px */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of the element that holds `ref`, and null until it is known or while it is hidden. */
export function useSize(): readonly [
  ref: (element: HTMLElement | null) => (() => void) | undefined,
  size: Size | null,
] {
  const [size, setSize] = useState<Size | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      setSize(width > 0 && height > 0 ? { width, height } : null);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [ref, size];
}
