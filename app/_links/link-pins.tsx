'use client';
/** Pins of a link's notes over a figure: a press turns to the note. */
import type { CSSProperties, ReactNode } from 'react';
import type { AnchorFigure } from '#lib/room/anchor';
import { cluster } from '../_annotations/cluster.ts';
import { spotIn } from '../_annotations/scene.ts';
import type { Places } from '../_figures/spot.ts';
import type { Size } from '../_figures/use-size.ts';
import { colourOf } from './author.ts';
import type { PlacedNote } from './place.ts';
import styles from './viewer.module.css';

/** px between two pins, less than which they are one; from what it speaks of to its middle; from the figure's edge */
const PIN_DISTANCE = 26;
const PIN_OFFSET = 13;
const PIN_EDGE = 12;

interface LinkPinsProps {
  readonly notes: readonly PlacedNote[];
  readonly figure: AnchorFigure;
  readonly cell: number;
  readonly places: Places;
  readonly size: Size;
  readonly selected: string | null;
  readonly onSelect: (note: string) => void;
}

export function LinkPins({ notes, figure, cell, places, size, selected, onSelect }: LinkPinsProps): ReactNode {
  const pinned = notes.flatMap((placed) => {
    const { note, placement } = placed;
    if (note.anchor === null || placement === null) return [];
    const spot = spotIn(figure, note.anchor, placement, cell);
    const at = spot === null ? null : places.locate(spot);
    if (at === null) return [];
    const within = (value: number, most: number): number => Math.max(PIN_EDGE, Math.min(value, most - PIN_EDGE));
    return [{ ...placed, x: within(at.x + PIN_OFFSET, size.width), y: within(at.y - PIN_OFFSET, size.height) }];
  });
  return cluster(pinned, PIN_DISTANCE).map(({ x, y, members }) => {
    const at = members.findIndex(({ note }) => note.id === selected);
    const shown = members[Math.max(0, at)];
    const next = members[(at + 1) % members.length];
    if (shown === undefined || next === undefined) return null;
    return (
      <button
        key={members[0]?.note.id}
        type="button"
        className={styles['pin']}
        tabIndex={-1}
        data-testid="pin"
        data-selected={at >= 0 ? '' : undefined}
        style={{ '--person': colourOf(shown.note.author), left: x, top: y } as CSSProperties}
        aria-label={members.length > 1 ? `${members.length} notes here` : `Note ${shown.number}`}
        onClick={() => {
          onSelect(next.note.id);
        }}
      >
        {members.length > 1 && at < 0 ? `×${members.length}` : shown.number}
      </button>
    );
  });
}
