/** Where a link's notes are in its figures: in the run that they were written in, or found again in it. */
import type { Link, LinkNote } from '#lib/link/link';
import { placeAnchor, type Placement, type PlaceScene } from '#lib/room/place';
import { cellNear, cellOf, cellParameters, instanceCount } from '#lib/spec/cells';
import { isSweep } from '#lib/spec/tiles';
import { cosineOf, rolesOf } from '../_annotations/scene.ts';
import type { CellView } from '../_figures/cell-view.ts';
import { isMap } from '../_figures/is-map.ts';
import { mapPlaceOf } from '../_figures/map-places.ts';
import type { LinkViews } from './use-link-views.ts';

export interface PlacedNote {
  readonly note: LinkNote;
  /** From 1, in the order of the link. */
  readonly number: number;
  /** null: it is about the whole. */
  readonly placement: Placement | null;
}

export function placeNotes(link: Link, views: LinkViews): readonly PlacedNote[] {
  const scene = sceneOf(link, views);
  return link.notes.map((note, k) => ({
    note,
    number: k + 1,
    placement: note.anchor === null ? null : placeAnchor(note.anchor, scene),
  }));
}

function sceneOf({ item, run, spec, timeline }: Link, { endOf, densities }: LinkViews): PlaceScene {
  const ofEnd = <T>(cell: number, read: (view: CellView) => T): T | null => {
    const view = endOf(cell);
    return view === null ? null : read(view);
  };
  return {
    item,
    run,
    steps: spec.steps,
    densities,
    ...(spec.axes.length > 1 ? { cellOf: (instance: number) => cellOf(spec, instance) } : {}),
    cellAt: (numbers) => cellNear(spec, numbers),
    parametersOf: (cell) => cellParameters(spec, cell),
    ...(isMap(spec) ? { map: mapPlaceOf(spec) } : {}),
    // A room does not tell a sweep's models apart: there, too, the first stands for its cell.
    instance: (cell) => (isSweep(spec) ? cell * spec.replicas : (timeline.instances[cell] ?? instanceCount(spec))),
    roles: (cell) => ofEnd(cell, (view) => rolesOf(view, spec, cell)),
    cosine: (cell, i, j) => ofEnd(cell, (view) => cosineOf(view, i, j)) ?? Number.NaN,
    parameters: [],
  };
}
