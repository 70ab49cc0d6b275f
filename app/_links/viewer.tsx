'use client';
/**
 * A link, drawn: figures, timeline and notes, without a session, a socket or a server. The link's page, the embed and the one HTML file
 * are this, each in its own shell.
 */
import { useCallback, useMemo, useState, type ComponentType, type ReactNode } from 'react';
import type { Link } from '#lib/link/link';
import type { MetricsEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { cellWords } from '../_figures/cell-words.ts';
import { emptyView, featureCount, represented, type CellView } from '../_figures/cell-view.ts';
import { Directions, directionsPlaces } from '../_figures/directions.tsx';
import type { Overlay } from '../_figures/figure.tsx';
import { Gram, gramPlaces } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { isMap } from '../_figures/is-map.ts';
import { mapPlaces } from '../_figures/map-places.ts';
import { Norms, normsPlaces } from '../_figures/norms.tsx';
import { formatDensity } from '../_figures/scales.ts';
import type { Places } from '../_figures/spot.ts';
import { Strip } from '../_figures/strip.tsx';
import { usualCell } from '../_figures/usual-cell.ts';
import type { Size } from '../_figures/use-size.ts';
import { LinkMap, useLinkMap } from './link-map.tsx';
import { LinkNotes } from './link-notes.tsx';
import { LinkPins } from './link-pins.tsx';
import { LinkScrubber } from './link-scrubber.tsx';
import type { LossOf } from './loss-of.ts';
import { EVERYTHING, type EmbeddedFigure, type ViewerOptions } from './options.ts';
import { placeNotes, type PlacedNote } from './place.ts';
import { useLinkViews, viewsAtStep } from './use-link-views.ts';
import styles from './viewer.module.css';

interface ViewerProps {
  readonly link: Link;
  readonly options?: ViewerOptions;
  /** The loss curve, where the shell has it: its drawing is as large as all the rest together. */
  readonly LossFigure?: ComponentType<LossOf> | undefined;
  /** Between figures and notes; told which cell is open. */
  readonly children?: (cell: number) => ReactNode;
}

export function Viewer({ link, options = EVERYTHING, LossFigure, children }: ViewerProps): ReactNode {
  const views = useLinkViews(link);
  const notes = useMemo(() => placeNotes(link, views), [link, views]);
  const { spec } = link;
  const { densities, opened } = views;
  const [chosen, setChosen] = useState<number | null>(options.cell);
  const [scrubbed, setScrubbed] = useState<number | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const cell = Math.min(chosen ?? usualCell(spec), densities.length - 1);
  const step = scrubbed ?? spec.steps;
  const shown = useMemo(() => viewsAtStep(views, step), [views, step]);
  const map = useLinkMap(link, views, shown, step === spec.steps);
  const end = useMemo(() => views.endOf(cell), [views, cell]);
  const sweep = isSweep(spec);
  const view = (sweep ? end : shown[cell]) ?? emptyView(0);
  const highlight = useMemo<Highlight>(() => ({ active, onActive: setActive }), [active]);
  const onStep = useCallback((to: number) => {
    setScrubbed(to);
  }, []);
  const select = ({ note, placement }: PlacedNote): void => {
    setSelected(note.id === selected ? null : note.id);
    if (placement?.state !== 'placed') return;
    if (placement.cell !== null) setChosen(placement.cell);
    const carried = placement.carried && note.anchor?.target.kind !== 'step';
    setScrubbed(carried ? null : (note.anchor?.step ?? null));
    if (placement.target.kind === 'feature') setActive(placement.target.feature);
  };
  const pins = usePins({ spec, view, notes: options.notes ? notes : [], cell, selected }, (id) => {
    const placed = notes.find(({ note }) => note.id === id);
    if (placed !== undefined) select(placed);
  });
  const name = useMemo(() => <ShapeName view={view} />, [view]);
  const curves = { points: opened.metrics, densities, chosen: cell };
  const shows = (figure: EmbeddedFigure): boolean => options.figure === 'all' || options.figure === figure;
  return (
    <div className={styles['viewer']} data-figure={options.figure}>
      {(options.density || options.figure === 'strip') && densities.length > 1 ? (
        map === null ? (
          <Strip views={shown} densities={densities} chosen={cell} onChoose={setChosen} />
        ) : (
          <LinkMap spec={spec} map={map} chosen={cell} onChoose={setChosen} overlay={pins.map} />
        )
      ) : null}
      <div className={styles['figures']}>
        {shows('directions') ? (
          <div className={styles['large']}>
            <Directions
              view={view}
              highlight={highlight}
              title="Feature directions"
              legend={isMap(spec) ? cellWords(spec, cell) : <DensityWords density={densities[cell] ?? 1} />}
              caption={planeWords(spec.model.m)}
              overlay={pins.directions}
              foot={name}
              className={styles['fill'] ?? ''}
            />
          </div>
        ) : null}
        {shows('gram') ? (
          <Gram view={view} highlight={highlight} overlay={pins.gram} className={styles['small'] ?? ''} />
        ) : null}
        {shows('norms') ? (
          <Norms view={view} highlight={highlight} overlay={pins.norms} className={styles['small'] ?? ''} />
        ) : null}
        {shows('loss') && LossFigure !== undefined && !sweep ? (
          <div className={styles['loss']}>
            <LossFigure {...(isMap(spec) ? ofCell(curves, cell) : curves)} steps={spec.steps} shown={step} />
          </div>
        ) : null}
      </div>
      {options.scrubber && sweep ? <p className={styles['still']}>{STILL}</p> : null}
      {options.scrubber && !sweep ? (
        <LinkScrubber step={step} steps={spec.steps} points={opened.metrics} cell={cell} onStep={onStep} />
      ) : null}
      {children?.(cell)}
      {options.notes && notes.length > 0 ? <LinkNotes notes={notes} selected={selected} onSelect={select} /> : null}
    </div>
  );
}

/** What a sweep's link has in place of a scrubber. */
const STILL =
  'Each cell’s best model, as it ended. So large a run keeps no steps of the way there: there are none to scrub through.';

type Pinned = 'map' | 'directions' | 'gram' | 'norms';

interface PinsOf {
  readonly spec: RunSpec;
  readonly view: CellView;
  readonly notes: readonly PlacedNote[];
  readonly cell: number;
  readonly selected: string | null;
}

function usePins(
  { spec, view, notes, cell, selected }: PinsOf,
  onSelect: (note: string) => void,
): Readonly<Record<Pinned, Overlay | undefined>> {
  const over = (figure: Pinned, placesAt: (size: Size) => Places): Overlay | undefined =>
    notes.length === 0
      ? undefined
      : (size) => (
          <div className={styles['layer']}>
            <LinkPins
              notes={notes}
              figure={figure}
              cell={cell}
              places={placesAt(size)}
              size={size}
              selected={selected}
              onSelect={onSelect}
            />
          </div>
        );
  return {
    map: over('map', (size) => mapPlaces(spec, size)),
    directions: over('directions', (size) => directionsPlaces(view, size)),
    gram: over('gram', (size) => gramPlaces(view, size)),
    norms: over('norms', (size) => normsPlaces(view, size)),
  };
}

function DensityWords({ density }: { readonly density: number }): ReactNode {
  const { S, p } = formatDensity(density);
  return (
    <>
      <i className={styles['letter']}>S</i> = {S}, <i className={styles['letter']}>p</i> = {p} · circle: length 1
    </>
  );
}

/** Of a diagram's thousand curves the chosen cell's. */
function ofCell({ points, densities }: Curves, cell: number): Curves {
  const loss = ({ loss: all, ...point }: MetricsEvent): MetricsEvent => ({ ...point, loss: [all[cell] ?? NaN] });
  return { points: points.map(loss), densities: [densities[cell] ?? 1], chosen: 0 };
}

type Curves = Pick<LossOf, 'points' | 'densities' | 'chosen'>;

/** A plane is the whole of hidden space only where m is 2. */
function planeWords(m: number): string {
  if (m === 2) return '';
  return m === 1
    ? 'The one hidden dimension, drawn as a line.'
    : `${m} dimensions, seen along their two principal axes.`;
}

function ShapeName({ view }: { readonly view: CellView }): ReactNode {
  const name = featureCount(view) === 0 ? '' : view.shape();
  return (
    <p className={styles['shape']} data-testid="shape">
      <strong key={name}>{name}</strong>
      <span>
        {represented(view).length} of {featureCount(view)} features represented
      </span>
    </p>
  );
}
