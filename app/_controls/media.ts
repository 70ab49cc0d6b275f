/** Where the page is laid out otherwise, as the style sheets have it. */
import { useSyncExternalStore } from 'react';

/** One figure is shown at a time. */
export const PHONE = '(max-width: 599px)';
/** The parameters lie over the figures, when they are asked for. */
export const PARAMETERS_OVER = '(max-width: 1099px)';
/** So does the rail of notes and runs. */
export const RAIL_OVER = '(max-width: 1399px)';

export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => {
        media.removeEventListener('change', changed);
      };
    },
    () => matchMedia(query).matches,
    () => false,
  );
