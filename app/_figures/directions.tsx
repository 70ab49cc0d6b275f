'use client';
/** Feature directions: each row of W as a vector in the hidden space (paper, introduction). */
import { memo, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { Hull, planeOf, pointOf, type Plane } from './arrows.tsx';
import { featureCount, featureWords, represented, type CellView } from './cell-view.ts';
import { Drawing } from './drawing.tsx';
import { Figure, type Overlay } from './figure.tsx';
import styles from './figure.module.css';
import { featureKeys, highlightOf, type Highlight } from './highlight.ts';
import { clamp, featureColour, reach } from './scales.ts';
import { middle, nearest, regionOf, type Pixel, type Places } from './spot.ts';
import type { FigureTable } from './table.ts';
import type { Size } from './use-size.ts';

/** Where features may be moved by hand. */
export interface Hand {
  /** To x, y in data units. */
  readonly onMove: (feature: number, x: number, y: number) => void;
  /** By the keyboard: turned by degrees, its length multiplied. */
  readonly onNudge: (feature: number, degrees: number, factor: number) => void;
}

interface DirectionsProps {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly title: ReactNode;
  readonly legend?: ReactNode;
  /** Before the usual words: what the plane is, where it is not the whole of hidden space. */
  readonly caption?: string | undefined;
  readonly overlay?: Overlay | undefined;
  /** Between the drawing and its caption: what the features form. */
  readonly foot?: ReactNode;
  readonly hand?: Hand | null;
  readonly className?: string;
}

export const Directions = memo(function Directions({
  view,
  highlight,
  className = '',
  caption = '',
  hand = null,
  ...words
}: DirectionsProps): ReactNode {
  return (
    <Figure
      {...words}
      name="Feature directions"
      caption={`${caption} Each arrow is a feature’s direction in hidden space. Look for equal angles.`.trim()}
      said={featureWords(view, highlight.active)}
      className={className}
      testId="directions"
      early
      table={() => directionsTable(view)}
    >
      {(size) => <DirectionsDrawing view={view} highlight={highlight} hand={hand} size={size} />}
    </Figure>
  );
});

/** px */
const PAD = 8;
/** px from the tip of an arrow to the far side of its number */
const LABEL_ROOM = 26;

/** A small figure has room for the numbers, too. */
function labelledPlane(view: CellView, width: number, height: number): Plane {
  const longest = Math.max(0, ...view.norms);
  const usual = planeOf(view, width, height, PAD).unit * longest;
  const room = Math.min(width, height) / 2 - LABEL_ROOM;
  return planeOf(
    view,
    width,
    height,
    usual > room && room > 0 ? PAD + (usual - room) * (reach(view.norms) / longest) : PAD,
  );
}

export function directionsPlaces(view: CellView, { width, height }: Size): Places {
  const plane = labelledPlane(view, width, height);
  const pixel = (x: number, y: number): Pixel => ({ x: plane.x(x), y: plane.y(y) });
  const tips = view.norms.map((_, feature) => {
    const { x, y } = pointOf(view, feature);
    return pixel(x, y);
  });
  const data = ({ x, y }: Pixel): Pixel => ({ x: (x - plane.x(0)) / plane.unit, y: (plane.y(0) - y) / plane.unit });
  return {
    locate(spot) {
      if (spot.kind === 'feature') return tips[spot.feature] ?? null;
      if (spot.kind === 'region') return pixel(spot.to[0], spot.to[1]);
      if (spot.kind === 'cell') return { x: PAD * 2, y: PAD * 2 };
      if (spot.kind !== 'pair') return null;
      const [a, b] = [tips[spot.features[0]], tips[spot.features[1]]];
      return a === undefined || b === undefined ? null : middle(a, b);
    },
    pick(at) {
      const feature = nearest(tips, at);
      return feature === null ? { kind: 'cell' } : { kind: 'feature', feature };
    },
    span(from, to) {
      const [a, b] = [nearest(tips, from), nearest(tips, to)];
      return a !== null && b !== null && a !== b ? { kind: 'pair', features: [a, b] } : regionOf(data(from), data(to));
    },
    point: data,
    pixel: ({ x, y }) => pixel(x, y),
    named(spot) {
      const tip = spot.kind === 'feature' ? tips[spot.feature] : undefined;
      return tip === undefined ? null : { x: tip.x - plane.x(0), y: tip.y - plane.y(0) };
    },
    outline: (spot) =>
      spot.kind === 'region' ? [pixel(spot.from[0], spot.to[1]), pixel(spot.to[0], spot.from[1])] : null,
  };
}

function directionsTable(view: CellView): FigureTable {
  const rows = view.norms.map((norm, feature) => {
    const { x, y } = pointOf(view, feature);
    return [`feature ${feature + 1}`, x, y, norm];
  });
  return { columns: ['feature', 'x', 'y', '‖W‖'].map((name) => ({ name })), rows };
}

/** "Feature directions: pentagon. 5 of 5 features represented." */
const spoken = (view: CellView): string =>
  `Feature directions: ${view.shape()}. ${represented(view).length} of ${featureCount(view)} features represented. ` +
  'Arrow keys go through the features.';

function DirectionsDrawing({
  view,
  highlight,
  hand,
  size: { width, height },
}: {
  readonly view: CellView;
  readonly highlight: Highlight;
  readonly hand: Hand | null;
  readonly size: Size;
}): ReactNode {
  // While a feature is held the scale stays: else the plane would shrink under the hand.
  const held = useRef<{ readonly feature: number; readonly plane: Plane } | null>(null);
  const plane = labelledPlane(view, width, height);
  const n = featureCount(view);
  return (
    <Drawing
      size={{ width, height }}
      label={`${spoken(view)}${hand === null ? '' : ' With Shift they turn the chosen one and change its length.'}`}
      onKeyDown={handKeys(hand, highlight.active, featureKeys(highlight, n))}
      onLeave={() => {
        highlight.onActive(null);
      }}
    >
      <Axes plane={plane} width={width} height={height} />
      <Hull view={view} plane={plane} className={styles['hull']} />
      {/* Least important first: the most important lies on top. */}
      {Array.from({ length: n }, (_, i) => n - 1 - i).map((feature) => (
        <Arrow
          key={feature}
          view={view}
          feature={feature}
          plane={plane}
          highlight={highlight}
          {...(hand === null
            ? {}
            : {
                onHold: (event) => {
                  held.current = { feature, plane };
                  event.currentTarget.setPointerCapture(event.pointerId);
                },
                onDrag: (event) => {
                  if (held.current?.feature !== feature) return;
                  const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
                  if (box === undefined) return;
                  const { unit } = held.current.plane;
                  const x = (event.clientX - box.left - width / 2) / unit;
                  const y = (box.top + height / 2 - event.clientY) / unit;
                  hand.onMove(feature, clamp(x, -REACH, REACH), clamp(y, -REACH, REACH));
                },
                onRelease: () => {
                  held.current = null;
                },
              })}
        />
      ))}
    </Drawing>
  );
}

/** Data units: no trained vector is longer. */
const REACH = 3;

/** Degrees and share of its length that one press moves a feature by. */
const TURN = 2;
const GROW = 1.02;

function handKeys(hand: Hand | null, active: number | null, otherwise: (event: KeyboardEvent) => void) {
  return (event: KeyboardEvent): void => {
    const nudge = {
      ArrowLeft: [TURN, 1] as const,
      ArrowRight: [-TURN, 1] as const,
      ArrowUp: [0, GROW] as const,
      ArrowDown: [0, 1 / GROW] as const,
    }[event.key];
    if (hand === null || active === null || nudge === undefined || !event.shiftKey) {
      otherwise(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    hand.onNudge(active, nudge[0], nudge[1]);
  };
}

function Axes({ plane, width, height }: Size & { readonly plane: Plane }): ReactNode {
  const half = Math.min(width, height) / 2;
  const [x, y] = [width / 2, height / 2];
  return (
    <g>
      <line className={styles['axis']} x1={x - half} x2={x + half} y1={y} y2={y} />
      <line className={styles['axis']} x1={x} x2={x} y1={y - half} y2={y + half} />
      <circle className={styles['guide']} cx={x} cy={y} r={plane.unit} />
    </g>
  );
}

/** px between a dot's centre and its number */
const LABEL_DISTANCE = 17;
/** Below this ‖W_i‖ a number would only crowd the origin. */
const LABEL_FROM = 0.12;

interface ArrowProps {
  readonly view: CellView;
  readonly feature: number;
  readonly plane: Plane;
  readonly highlight: Highlight;
  readonly onHold?: (event: PointerEvent<SVGGElement>) => void;
  readonly onDrag?: (event: PointerEvent<SVGGElement>) => void;
  readonly onRelease?: () => void;
}

function Arrow({ view, feature, plane, highlight, onHold, onDrag, onRelease }: ArrowProps): ReactNode {
  const { x, y } = pointOf(view, feature);
  const [px, py] = [plane.x(x), plane.y(y)];
  const [ox, oy] = [plane.x(0), plane.y(0)];
  const length = Math.hypot(x, y);
  const colour = featureColour(feature, featureCount(view));
  return (
    <g
      className={styles['arrow']}
      {...highlightOf(highlight, feature)}
      data-feature={feature}
      data-x={x}
      data-y={y}
      data-movable={onHold === undefined ? undefined : ''}
      onPointerDown={onHold}
      onPointerMove={onDrag}
      onPointerUp={onRelease}
      onPointerCancel={onRelease}
      onPointerEnter={() => {
        highlight.onActive(feature);
      }}
    >
      <line className={styles['target']} x1={ox} y1={oy} x2={px} y2={py} />
      <line x1={ox} y1={oy} x2={px} y2={py} style={{ stroke: colour }} />
      {highlight.active === feature ? <circle className={styles['ring']} cx={px} cy={py} r={9} /> : null}
      <circle cx={px} cy={py} r={5.5} style={{ fill: colour }} />
      {length > LABEL_FROM ? (
        <text x={px + (x / length) * LABEL_DISTANCE} y={py - (y / length) * LABEL_DISTANCE}>
          {feature + 1}
        </text>
      ) : null}
    </g>
  );
}
