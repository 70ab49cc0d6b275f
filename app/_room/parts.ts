/**
 * What a room is joined without, a fifth of its program: the panels of the rail, what stands in place of the figures, what is behind
 * a button. Loaded once one is in: so it is here before it is asked for, and when the line is lost.
 */
export const loadParts = (): Promise<unknown> =>
  Promise.all([
    import('../_annotations/notes-list.tsx'),
    import('../_annotations/minutes.tsx'),
    import('../_runs/runs-panel.tsx'),
    import('../_runs/compare.tsx'),
    import('../_runs/compare-maps.tsx'),
    import('../_figures/columns.tsx'),
    import('../_figures/save.ts'),
    import('../_figures/svg.ts'),
    import('./anatomy-panel.tsx'),
    import('./make-link.tsx'),
    import('./owner-settings.tsx'),
    import('./map-stage.tsx'),
  ]);
