/** What of a link is shown: everything on its own page, what its address says in an embed. */
export const EMBEDDED_FIGURES = ['all', 'directions', 'gram', 'norms', 'loss', 'strip'] as const;
export type EmbeddedFigure = (typeof EMBEDDED_FIGURES)[number];

export interface ViewerOptions {
  readonly figure: EmbeddedFigure;
  readonly scrubber: boolean;
  /** The strip of models along density. */
  readonly density: boolean;
  readonly notes: boolean;
  /** Which model is shown first; null: the one nearest to p = 0.1. */
  readonly cell: number | null;
}

export const EVERYTHING: ViewerOptions = { figure: 'all', scrubber: true, density: true, notes: true, cell: null };

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `?figure=directions&scrubber=off&density=off&notes=off&cell=3`; what is not understood is as if it was not said. */
export function readOptions(query: Query): ViewerOptions {
  const text = (key: string): string => [query[key] ?? ''].flat()[0] ?? '';
  const isOn = (key: string): boolean => !['off', '0', 'false'].includes(text(key));
  const cell = Number(text('cell') === '' ? Number.NaN : text('cell'));
  return {
    figure: EMBEDDED_FIGURES.find((figure) => figure === text('figure')) ?? 'all',
    scrubber: isOn('scrubber'),
    density: isOn('density'),
    notes: isOn('notes'),
    cell: Number.isInteger(cell) && cell >= 0 ? cell : null,
  };
}

/** light, dark, or as the reader's system has it. */
export const readTheme = (query: Query): 'light' | 'dark' | null =>
  query['theme'] === 'light' || query['theme'] === 'dark' ? query['theme'] : null;
