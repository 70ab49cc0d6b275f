/** Where the cells of a map are drawn, and what is where: in the units of its axes, both ways. */
import type { MapPlace } from '#lib/room/place';
import type { Axis, RunSpec } from '#lib/spec/spec';
import { axisLength } from '#lib/spec/cells';
import { indexAtPlace, placeOfIndex, placeOfValue, valueOfPlace } from './axis-places.ts';
import { gridOf, type Grid } from './cell-words.ts';
import { clamp } from './scales.ts';
import type { Pixel, Places, Spot } from './spot.ts';
import type { Size } from './use-size.ts';

/** px */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** px beside the cells for numbers and words */
const MARGIN = { left: 54, right: 10, top: 6, bottom: 42 };

/** Of width to height at most, and where there are more rows than a few at least: a diagram is a square. */
const WIDEST = 1.2;

export function frameOf(size: Size, { columns, rows }: Grid): Frame {
  const room = { width: size.width - MARGIN.left - MARGIN.right, height: size.height - MARGIN.top - MARGIN.bottom };
  const isFlat = columns > 4 * rows;
  const width = Math.max(1, isFlat ? room.width : Math.min(room.width, WIDEST * room.height));
  const height = Math.max(1, isFlat ? Math.min(room.height, 120) : Math.min(room.height, WIDEST * width));
  return { left: MARGIN.left, top: MARGIN.top, width, height };
}

/** Its middle. */
export function placeOfCell({ left, top, width, height }: Frame, { columns, rows }: Grid, cell: number): Pixel {
  return {
    x: left + width * placeOfIndex(cell % columns, columns),
    y: top + height * placeOfIndex(Math.floor(cell / columns), rows),
  };
}

/** px from the figure's left and the map's lower edge to where a note on an axis points: beyond its words, which stand in the middle */
const AXIS_END = { left: 4, below: 42, in: 16 };

export function mapPlaces(spec: RunSpec, size: Size): Places {
  const grid = gridOf(spec);
  const frame = frameOf(size, grid);
  const { left, top, width, height } = frame;
  const { across, down } = scalesOf(grid);
  const pixel = ({ x, y }: Pixel): Pixel => ({ x: left + width * across.place(x), y: top + height * down.place(y) });
  const point = ({ x, y }: Pixel): Pixel => ({
    x: across.value((x - left) / width),
    y: down.value((y - top) / height),
  });
  const within = ({ x, y }: Pixel): Pixel => ({ x: clamp(x, left, left + width), y: clamp(y, top, top + height) });
  const corners = (spot: Spot): readonly [Pixel, Pixel] | null => {
    if (spot.kind !== 'region') return null;
    const [a, b] = [spot.from, spot.to].map(([x, y]) => within(pixel({ x, y }))) as [Pixel, Pixel];
    return [
      { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) },
      { x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) },
    ];
  };
  return {
    locate(spot) {
      if (spot.kind === 'cell') return spot.cell === undefined ? null : placeOfCell(frame, grid, spot.cell);
      if (spot.kind === 'axis') {
        return spot.axis === 'x'
          ? { x: left + width - AXIS_END.in, y: top + height + AXIS_END.below }
          : { x: AXIS_END.left, y: top + AXIS_END.in };
      }
      const found = corners(spot);
      return found === null ? null : { x: found[1].x, y: found[0].y };
    },
    pick(at) {
      if (at.y > top + height) return { kind: 'axis', axis: 'x' };
      if (at.x < left) return { kind: 'axis', axis: 'y' };
      if (at.x > left + width || at.y < top) return null;
      const column = indexAtPlace((at.x - left) / width, grid.columns);
      return { kind: 'cell', cell: indexAtPlace((at.y - top) / height, grid.rows) * grid.columns + column };
    },
    span(from, to) {
      const [a, b] = [point(within(from)), point(within(to))];
      return {
        kind: 'region',
        from: [Math.min(a.x, b.x), Math.min(a.y, b.y)],
        to: [Math.max(a.x, b.x), Math.max(a.y, b.y)],
      };
    },
    point,
    pixel,
    outline: corners,
  };
}

/** What a note on a region or an axis of the map needs to be found again on another. */
export function mapPlaceOf(spec: RunSpec): MapPlace {
  const { across, down } = scalesOf(gridOf(spec));
  const overlaps = ({ place }: Scale, a: number, b: number): boolean =>
    Math.max(place(a), place(b)) > 0 && Math.min(place(a), place(b)) < 1;
  return {
    over: spec.axes.map(({ over }) => over),
    inValues: across.inValues && down.inValues,
    holds: ({ from, to }) => overlaps(across, from[0], to[0]) && overlaps(down, from[1], to[1]),
  };
}

interface Scale {
  /** Else cells are counted, from 0 at the edge. */
  readonly inValues: boolean;
  readonly place: (value: number) => number;
  readonly value: (place: number) => number;
}

const scalesOf = ({ across, columns, down, rows }: Grid): Readonly<Record<'across' | 'down', Scale>> => ({
  across: scaleOf(across, columns),
  down: scaleOf(down.length === 1 ? (down[0] ?? null) : null, rows),
});

/** In values, where they can be told between an axis's cells. */
function scaleOf(axis: Axis | null, length: number): Scale {
  if (axis === null || axisLength(axis) < 2 || !Number.isFinite(valueOfPlace(axis, 0.5)))
    return { inValues: length === 1, place: (value) => value / length, value: (place) => place * length };
  return { inValues: true, place: (value) => placeOfValue(axis, value), value: (place) => valueOfPlace(axis, place) };
}
