'use client';
/** The chosen model large: its directions, WᵀW and bias, norms, and the loss or what it is made of. */
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import type { MetricsEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { FigureNote } from '../_annotations/figure-note.tsx';
import { part } from '../_controls/part.tsx';
import { featureCount, type CellView } from '../_figures/cell-view.ts';
import { Directions } from '../_figures/directions.tsx';
import type { Overlay } from '../_figures/figure.tsx';
import { Gram } from '../_figures/gram.tsx';
import type { Highlight } from '../_figures/highlight.ts';
import { lossPlaces } from '../_figures/loss-places.ts';
import { Norms } from '../_figures/norms.tsx';
import { formatDensity } from '../_figures/scales.ts';
import { useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { FigureBoundary } from './figure-boundary.tsx';
import { Over, useOverlays } from './over.tsx';
import { PANELS, type Panel } from './panel-tabs.tsx';
import styles from './room.module.css';
import { ShapeName } from './shape-name.tsx';
import { useHand } from './use-hand.ts';

// The first figure does not wait for what is drawn once something was trained.
const Loss = lazy(() => import('../_figures/loss.tsx').then((module) => ({ default: module.Loss })));
const AnatomyPanel = part(() => import('./anatomy-panel.tsx').then((module) => module.AnatomyPanel));

interface PanelsProps {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly view: CellView;
  /** null while nothing has been trained: the view is what a run would start from. */
  readonly step: number | null;
  readonly moving: boolean;
  readonly cell: number;
  readonly densities: readonly number[];
  readonly active: number | null;
  readonly onActive: (feature: number | null) => void;
  readonly onHover: (panel: Panel) => void;
}

const NO_POINTS: readonly MetricsEvent[] = [];

export function Panels({ spec, run, view: trained, step, moving, cell, ...props }: PanelsProps): ReactNode {
  const { densities, active, onActive, onHover } = props;
  const [lower, setLower] = useState<Lower>('loss');
  const isPlane = spec.model.m === 2 && featureCount(trained) > 0;
  const hasAnatomy = spec.model.kind === 'tied' && spec.model.hidden !== 'relu' && featureCount(trained) > 0;
  const { view, hand, release } = useHand(trained, isPlane && !moving, () => {
    setLower('anatomy');
  });
  const live = useSession((state) => state.connection.phase !== 'connecting');
  // The other figures are not kept waiting for the curves and their mark.
  const points = useDeferredValue(run?.metrics ?? NO_POINTS);
  const shown = useDeferredValue(step ?? 0);
  const highlight = useMemo<Highlight>(() => ({ active, onActive }), [active, onActive]);
  const pins = useOverlays(view, cell);
  const steps = spec.steps;
  const lossPins = useCallback<Overlay>(
    (size) => <Over figure="loss" places={lossPlaces({ points, steps, chosen: cell }, size)} cell={cell} size={size} />,
    [points, steps, cell],
  );
  const density = densities[cell] ?? 1;
  const isSettled = step === spec.steps && !moving;
  const legend = useMemo(() => <DensityWords density={density} />, [density]);
  const isTrained = step !== null;
  const name = useMemo(
    () => <ShapeName view={view} trained={isTrained} onRelease={release} />,
    [view, isTrained, release],
  );
  const tabs = useMemo(() => <LowerTabs lower={lower} onLower={setLower} />, [lower]);
  return (
    <div className={styles['panels']}>
      <Panel name="directions" onHover={onHover}>
        <Directions
          view={view}
          highlight={highlight}
          overlay={pins.directions}
          title="Feature directions"
          legend={legend}
          caption={directionsCaption(spec)}
          hand={hand}
          foot={name}
          className={styles['fill'] ?? ''}
        />
      </Panel>
      <Panel name="gram" onHover={onHover}>
        <Gram view={view} highlight={highlight} overlay={pins.gram} className={styles['fill'] ?? ''} />
      </Panel>
      <Panel name="norms" onHover={onHover}>
        <Norms view={view} highlight={highlight} overlay={pins.norms} className={styles['fill'] ?? ''} />
      </Panel>
      <Panel name="loss" onHover={onHover}>
        {lower === 'anatomy' && hasAnatomy ? (
          <AnatomyPanel
            spec={spec}
            view={view}
            trained={trained}
            density={density}
            cell={cell}
            sampled={isSettled ? (run?.best?.[cell]?.evaluationLoss ?? null) : null}
            highlight={highlight}
            title={tabs}
          />
        ) : live ? (
          <Suspense>
            <Loss
              title={hasAnatomy ? tabs : 'Training loss'}
              points={points}
              densities={densities}
              chosen={cell}
              steps={spec.steps}
              shown={shown}
              overlay={lossPins}
              className={styles['fill'] ?? ''}
            />
          </Suspense>
        ) : null}
      </Panel>
    </div>
  );
}

type Lower = 'loss' | 'anatomy';
const LOWER: Readonly<Record<Lower, string>> = { loss: 'Training loss', anatomy: 'Loss anatomy' };

function LowerTabs({ lower, onLower }: { readonly lower: Lower; readonly onLower: (lower: Lower) => void }) {
  return (
    <span className={styles['lower']}>
      {(['loss', 'anatomy'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={lower === each}
          onClick={() => {
            onLower(each);
          }}
        >
          {LOWER[each]}
        </button>
      ))}
    </span>
  );
}

interface PanelProps {
  readonly name: Panel;
  readonly onHover: (panel: Panel) => void;
  readonly children: ReactNode;
}

function Panel({ name, onHover, children }: PanelProps): ReactNode {
  return (
    <section
      className={styles['panel']}
      data-name={name}
      aria-label={PANELS[name]}
      onPointerEnter={() => {
        onHover(name);
      }}
    >
      <FigureBoundary>{children}</FigureBoundary>
      <span className={styles['panelNote']}>
        <FigureNote figure={name} name={PANELS[name]} />
      </span>
    </section>
  );
}

function DensityWords({ density }: { readonly density: number }): ReactNode {
  const { S, p } = formatDensity(density);
  return (
    <>
      <i className={styles['letter']}>S</i> = {S}, <i className={styles['letter']}>p</i> = {p}
      <span className={styles['circle']}> · circle: length 1</span>
    </>
  );
}

/** A plane is the whole of hidden space only where m is 2. */
function directionsCaption({ model: { m, kind } }: RunSpec): string {
  if (kind === 'untied') return 'Rows of W₁, on the way in; those of W₂, on the way out, are not drawn.';
  if (m === 2) return '';
  return m === 1
    ? 'The one hidden dimension, drawn as a line.'
    : `${m} dimensions, seen along their two principal axes.`;
}
