/** A link as a picture of 1200 × 630: its title, its large figure and the strip below; of a recap, what its runs ended with. Marks are those of `app/_figures`. */
import type { ReactElement } from 'react';
import { at } from '#lib/base/matrix';
import type { Link } from '#lib/link/link';
import { recapSources } from '#lib/link/freeze-recap';
import { openLink } from '#lib/link/open';
import { counted } from '#lib/link/recap';
import type { RecapLink } from '#lib/link/recap-link';
import { mapOfSweep } from '#lib/link/sweep';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { convexHull, planeOf, pointOf } from '../_figures/arrows.tsx';
import { represented, type CellView } from '../_figures/cell-view.ts';
import { gridOf } from '../_figures/cell-words.ts';
import { chainToLast, measureFrame } from '../_figures/formation.ts';
import { cssColour, phaseColour, type PhaseColours } from '../_figures/phase-colour.ts';
import { featureColourOnLight, formatCount, formatDensity } from '../_figures/scales.ts';
import { firstCell } from './first-cell.ts';

export const PICTURE_SIZE = { width: 1_200, height: 630 } as const;

/** px of the large figure and of one of the strip */
const LARGE = 500;
const SMALL = 78;
const STRIP = 7;

const PAPER = '#fcfbf8';
const INK = '#1b1b1f';
const MUTED = '#5c5c61';
const LINE = '#c9c5bb';

export const pictureOf = (link: Link): ReactElement =>
  isSweep(link.spec) ? diagramPictureOf(link) : modelsPictureOf(link);

/** Of the paper's colours on its paper, as `--absent`, `--dedicated` and `--superposed` are in the light theme. */
const PHASES: PhaseColours = { absent: [221, 219, 212], dedicated: [23, 56, 214], superposed: [224, 32, 27] };

/** cells along a side that can be told apart in a picture */
const SIDE = 64;

function diagramPictureOf(link: Link): ReactElement {
  const { spec } = link;
  const { columns, rows } = gridOf(spec);
  return (
    <div
      style={{ display: 'flex', width: '100%', height: '100%', background: PAPER, color: INK, padding: 56, gap: 40 }}
    >
      <div style={{ display: 'flex', flexDirection: 'column', flex: 1, justifyContent: 'space-between' }}>
        <Heading over="Polytope" {...link} />
        <div style={{ fontSize: 22, color: MUTED }}>
          {`${formatCount(columns)} × ${formatCount(rows)} cells: feature ${spec.model.n} not stored (grey), with a dimension of its own (blue), in superposition (red)`}
        </div>
      </div>
      <Diagram spec={spec} map={mapOfSweep(link)} />
    </div>
  );
}

/** Of a fine diagram every second cell, or fewer. */
function Diagram({ spec, map }: { readonly spec: RunSpec; readonly map: SweepMap }): ReactElement {
  const { columns, rows } = gridOf(spec);
  const { n } = spec.model;
  const [across, down] = [Math.min(SIDE, columns), Math.min(SIDE, rows)];
  const pixels = Array.from({ length: across * down }, (_, k) => {
    const [x, y] = [k % across, Math.floor(k / across)];
    const cell = Math.floor((y * rows) / down) * columns + Math.floor((x * columns) / across);
    const index = cell * n + n - 1;
    return { x, y, length: at(map.norm, index), shared: at(map.superposition, index) };
  });
  return (
    <svg
      width={LARGE}
      height={LARGE}
      viewBox={`0 0 ${across} ${down}`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
    >
      {pixels.map(({ x, y, length, shared }) => (
        <rect
          key={`${x} ${y}`}
          x={x}
          y={y}
          width={1}
          height={1}
          fill={Number.isNaN(length) ? PAPER : cssColour(phaseColour(PHASES, length, shared))}
        />
      ))}
    </svg>
  );
}

function modelsPictureOf(link: Link): ReactElement {
  const { timeline } = openLink(link);
  const views =
    chainToLast(timeline.entries.map(({ frame }) => measureFrame(frame, link.spec.model))).at(-1)?.views ?? [];
  const densities = Array.from({ length: cellCount(link.spec) }, (_, cell) => cellParameters(link.spec, cell).density);
  const cell = firstCell(densities);
  const view = views[cell];
  return (
    <div
      style={{ display: 'flex', width: '100%', height: '100%', background: PAPER, color: INK, padding: 56, gap: 40 }}
    >
      <div style={{ display: 'flex', flexDirection: 'column', flex: 1, justifyContent: 'space-between' }}>
        <Heading over="Polytope" {...link} />
        <div style={{ display: 'flex', flexDirection: 'column', gap: 14 }}>
          <div style={{ display: 'flex', gap: 2 }}>
            {spread(views, STRIP).map((each, k) => (
              <Drawing key={k} view={each} side={SMALL} stroke={2} />
            ))}
          </div>
          <div style={{ fontSize: 22, color: MUTED }}>
            {view === undefined ? '' : `${view.shape()}, S = ${formatDensity(densities[cell] ?? 1).S}`}
          </div>
        </div>
      </div>
      {view === undefined ? null : <Drawing view={view} side={LARGE} stroke={5} />}
    </div>
  );
}

/** Of each run that has a picture, the model nearest to where the paper's own figure has a pentagon */
export function recapPictureOf(recap: RecapLink): ReactElement {
  const { runs, pictures } = recapSources(recap);
  const views = runs.flatMap(({ id, spec }) => {
    const picture = pictures.get(id);
    const all = picture === undefined ? [] : (chainToLast([measureFrame(picture, spec.model)]).at(-1)?.views ?? []);
    const densities = Array.from({ length: cellCount(spec) }, (_, cell) => cellParameters(spec, cell).density);
    return all[Math.min(firstCell(densities), all.length - 1)] ?? [];
  });
  const shown = spread(views, RECAP_RUNS);
  const inRow = Math.ceil(Math.sqrt(shown.length));
  const side = Math.floor((LARGE - (inRow - 1) * RECAP_GAP) / inRow);
  return (
    <div
      style={{ display: 'flex', width: '100%', height: '100%', background: PAPER, color: INK, padding: 56, gap: 40 }}
    >
      <div style={{ display: 'flex', flexDirection: 'column', flex: 1, justifyContent: 'space-between' }}>
        <Heading over="Polytope · Recap" {...recap} />
        <div style={{ fontSize: 22, color: MUTED }}>
          {`${counted(runs.length, 'run')}, ${counted(recap.notes.length, 'note')}`}
        </div>
      </div>
      <div style={{ display: 'flex', flexWrap: 'wrap', width: LARGE, alignContent: 'center', gap: RECAP_GAP }}>
        {shown.map((view, k) => (
          <Drawing key={k} view={view} side={side} stroke={3} />
        ))}
      </div>
    </div>
  );
}

/** drawings of a recap; px between them */
const RECAP_RUNS = 9;
const RECAP_GAP = 16;

interface HeadingProps {
  readonly over: string;
  readonly title: string;
  readonly authors: readonly string[];
}

function Heading({ over, title, authors }: HeadingProps): ReactElement {
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 18 }}>
      <div style={{ fontSize: 24, color: MUTED }}>{over}</div>
      <div style={{ fontSize: title.length > LONG_TITLE ? 40 : 52, lineHeight: 1.18, letterSpacing: -1 }}>{title}</div>
      <div style={{ fontSize: 24, color: MUTED }}>{authors.slice(0, NAMES).join(', ')}</div>
    </div>
  );
}

/** characters; names at most */
const LONG_TITLE = 48;
const NAMES = 4;

/** At most so many, evenly. */
const spread = <T,>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, k) => items[Math.round((k * (items.length - 1)) / (most - 1))]).flatMap(
        (item) => item ?? [],
      );

function Drawing({ view, side, stroke }: { readonly view: CellView; readonly side: number; readonly stroke: number }) {
  const plane = planeOf(view, side, side, 2 * stroke + 2);
  const hull = convexHull(represented(view).map((feature) => pointOf(view, feature)));
  const n = view.norms.length;
  const half = side / 2;
  return (
    <svg width={side} height={side} viewBox={`0 0 ${side} ${side}`}>
      <line x1={0} x2={side} y1={half} y2={half} stroke={LINE} strokeWidth={1} />
      <line x1={half} x2={half} y1={0} y2={side} stroke={LINE} strokeWidth={1} />
      {hull.length < 3 ? null : (
        <polygon
          points={hull.map(({ x, y }) => `${plane.x(x)},${plane.y(y)}`).join(' ')}
          fill="rgba(27,27,31,0.04)"
          stroke={LINE}
          strokeWidth={1}
        />
      )}
      {view.norms.map((_, k) => {
        const feature = n - 1 - k;
        const { x, y } = pointOf(view, feature);
        const colour = featureColourOnLight(feature, n);
        return (
          <g key={feature}>
            <line x1={half} y1={half} x2={plane.x(x)} y2={plane.y(y)} stroke={colour} strokeWidth={stroke} />
            <circle cx={plane.x(x)} cy={plane.y(y)} r={1.6 * stroke} fill={colour} />
          </g>
        );
      })}
    </svg>
  );
}
