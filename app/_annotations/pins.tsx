'use client';
/** Over a figure: the pins of notes, and, while a note is being written, the hand that says what it is about. */
import { useEffect, useMemo, useRef, useState, type CSSProperties, type PointerEvent, type ReactNode } from 'react';
import type { Anchor, AnchorFigure } from '#lib/room/anchor';
import { PERSON_COLOURS } from '#lib/room/person';
import type { Thread } from '#lib/room/threads';
import type { Pixel, Places, Spot } from '../_figures/spot.ts';
import type { Size } from '../_figures/use-size.ts';
import { useNotes, useSession } from '../_session/react.tsx';
import { targetWords } from './anchor-words.ts';
import { cluster, type Cluster } from './cluster.ts';
import { useDesk, useDeskState, visit } from './desk.tsx';
import styles from './notes.module.css';
import { authorOf } from './person-name.ts';
import { spotIn, type Placing, type Scene } from './scene.ts';

interface PinsProps {
  readonly figure: AnchorFigure;
  readonly places: Places;
  readonly size: Size;
}

export function Pins({ figure, places, size }: PinsProps): ReactNode {
  const scene = useDeskState((state) => state.scene);
  const draft = useDeskState((state) => state.draft);
  if (scene === null) return null;
  const drafted =
    draft?.anchor?.figure === figure ? spotOfAnchor(draft.anchor, figure, scene.placed, scene.cell) : null;
  return (
    <div className={styles['layer']}>
      {draft === null ? null : <Hand figure={figure} places={places} scene={scene} />}
      {drafted === null ? null : <Drafted spot={drafted} places={places} />}
      <PinButtons figure={figure} places={places} size={size} scene={scene} />
    </div>
  );
}

/** px between the middles of two pins, less than which they are one */
const PIN_DISTANCE = 26;
/** px from what a pin speaks of to its middle, along each axis: it does not cover it */
const PIN_OFFSET = 13;

interface PinnedNote extends Pixel {
  readonly thread: Thread;
  readonly spot: Spot;
  /** Of the pin, the one that points at what it speaks of. */
  readonly corner: Corner;
}

type Corner = 'bottom left' | 'top left' | 'bottom right';

/** Above, on the right, unless a name stands there. px, y down */
function cornerFor(name: Pixel | null): Corner {
  if (name === null) return 'bottom left';
  const steep = Math.abs(name.y) >= Math.abs(name.x);
  if (steep && name.y < 0 && name.x > name.y / 2) return 'top left';
  return !steep && name.x > 0 && name.y < name.x / 2 ? 'bottom right' : 'bottom left';
}

const shifted = ({ x, y }: Pixel, corner: Corner): Pixel => ({
  x: corner === 'bottom right' ? x - PIN_OFFSET : x + PIN_OFFSET,
  y: corner === 'top left' ? y + PIN_OFFSET : y - PIN_OFFSET,
});

function PinButtons({ figure, places, size, scene }: PinsProps & { readonly scene: Scene }): ReactNode {
  const { placed } = scene;
  // A map has every cell's, whichever is chosen.
  const cell = figure === 'map' ? 0 : scene.cell;
  const threads = useNotes((state) => state.threads);
  // What is to be pinned changes rarely; where it is, with every frame.
  const spots = useMemo(
    () => threads.flatMap((thread) => spotsOf(thread, figure, placed, cell)),
    [threads, figure, placed, cell],
  );
  const pinned = spots.flatMap(({ thread, spot }) => {
    const at = places.locate(spot);
    const corner = cornerFor(places.named?.(spot) ?? null);
    return at === null ? [] : [{ thread, spot, corner, ...shifted(at, corner) }];
  });
  return cluster(
    pinned.map((pin) => inside(pin, size)),
    PIN_DISTANCE,
  ).map((group) => <Pin key={group.members[0]?.thread.id} group={group} places={places} opens={figure === 'map'} />);
}

function spotsOf(
  thread: Thread,
  figure: AnchorFigure,
  placed: Placing,
  cell: number,
): readonly Pick<PinnedNote, 'thread' | 'spot'>[] {
  const { anchor } = thread;
  if (thread.resolved || anchor === null) return [];
  const spot = spotOfAnchor(anchor, figure, placed, cell);
  return spot === null ? [] : [{ thread, spot }];
}

const spotOfAnchor = (anchor: Anchor, figure: AnchorFigure, placed: Placing, cell: number): Spot | null =>
  anchor.figure === figure || figure === 'map' ? spotIn(figure, anchor, placed(anchor), cell) : null;

/** A pin is never beyond the edge of its figure. */
function inside<T extends Pixel>(pin: T, { width, height }: Size): T {
  const within = (value: number, most: number): number => Math.max(12, Math.min(value, most - 12));
  return { ...pin, x: within(pin.x, width), y: within(pin.y, height) };
}

interface PinProps {
  readonly group: Cluster<PinnedNote>;
  readonly places: Places;
  /** What it speaks of is brought before the eyes, too: it is not shown yet. */
  readonly opens: boolean;
}

function Pin({ group, places, opens }: PinProps): ReactNode {
  const desk = useDesk();
  const selected = useDeskState((state) => state.selected);
  const people = useSession((state) => state.people);
  const authors = useNotes((state) => state.authors);
  const button = useRef<HTMLButtonElement>(null);
  const { members } = group;
  const at = members.findIndex(({ thread }) => thread.id === selected);
  const [first] = members;
  const shown = members[at] ?? first;
  useEffect(() => {
    if (at >= 0) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);
  if (shown === undefined) return null;
  const author = authorOf(shown.thread.author, people, authors);
  const outline = at >= 0 ? (places.outline?.(shown.spot) ?? null) : null;
  const next = members[(at + 1) % members.length] ?? shown;
  return (
    <>
      {outline === null ? null : <Outline corners={outline} colour={PERSON_COLOURS[author.colour] ?? ''} />}
      <button
        ref={button}
        type="button"
        className={styles['pin']}
        // The list has the same for the keyboard, without a stop at every pin on the way through a figure.
        tabIndex={-1}
        data-testid="pin"
        data-note={shown.thread.id}
        data-selected={at >= 0 ? '' : undefined}
        data-corner={shown.corner}
        style={{ '--person': PERSON_COLOURS[author.colour], left: group.x, top: group.y } as CSSProperties}
        aria-label={
          members.length > 1
            ? `${members.length} notes here`
            : `Note ${shown.thread.number} by ${author.name}: ${subjectWords(shown.thread)}`
        }
        onClick={() => {
          visit(desk, next.thread.id, opens ? next.thread.anchor : null);
        }}
      >
        {members.length > 1 && at < 0 ? `×${members.length}` : shown.thread.number}
      </button>
    </>
  );
}

const subjectWords = ({ anchor }: Thread): string => (anchor === null ? '' : targetWords(anchor.target, anchor));

function Outline({ corners: [a, b], colour }: { readonly corners: readonly [Pixel, Pixel]; readonly colour: string }) {
  return (
    <div
      className={styles['outline']}
      style={{ left: a.x, top: a.y, width: b.x - a.x, height: b.y - a.y, borderColor: colour }}
    />
  );
}

/** What the note that is being written is about. */
function Drafted({ spot, places }: { readonly spot: Spot; readonly places: Places }): ReactNode {
  const at = places.locate(spot);
  const outline = places.outline?.(spot) ?? null;
  if (at === null) return null;
  return (
    <>
      {outline === null ? null : <Outline corners={outline} colour="var(--accent)" />}
      <div className={styles['drafted']} style={{ left: at.x, top: at.y }} data-testid="drafted" />
    </>
  );
}

/** px that a press may move without becoming a drag */
const STILL = 6;

interface HandProps {
  readonly figure: AnchorFigure;
  readonly places: Places;
  readonly scene: Scene;
}

function Hand({ figure, places, scene }: HandProps): ReactNode {
  const desk = useDesk();
  const [from, setFrom] = useState<Pixel | null>(null);
  const [to, setTo] = useState<Pixel | null>(null);
  const [hovered, setHovered] = useState<Pixel | null>(null);
  const take = (spot: Spot | null): void => {
    const { draft } = desk.getState();
    if (spot === null || draft === null) return;
    const of = spot.kind === 'cell' ? spot.cell : undefined;
    desk.setState({ draft: { ...draft, anchor: scene.anchorAt(figure, spot, of) } });
    if (of !== undefined) scene.turnTo(of, null, figure);
  };
  return (
    <div
      className={styles['hand']}
      data-testid={`pick-${figure}`}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(pixelOf(event));
        setTo(pixelOf(event));
      }}
      onPointerMove={(event) => {
        if (from !== null) setTo(pixelOf(event));
        const spot = from === null ? places.pick(pixelOf(event)) : null;
        setHovered(spot === null ? null : places.locate(spot));
      }}
      onPointerLeave={() => {
        setHovered(null);
      }}
      onPointerUp={(event) => {
        const end = pixelOf(event);
        if (from !== null)
          take(
            Math.hypot(end.x - from.x, end.y - from.y) < STILL
              ? places.pick(end)
              : (places.span(from, end) ?? places.pick(end)),
          );
        setFrom(null);
      }}
      onPointerCancel={() => {
        setFrom(null);
      }}
    >
      {hovered === null ? null : <div className={styles['hovered']} style={{ left: hovered.x, top: hovered.y }} />}
      {from === null || to === null ? null : <Outline corners={cornersOf(from, to)} colour="var(--accent)" />}
    </div>
  );
}

function pixelOf(event: PointerEvent<HTMLElement>): Pixel {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

const cornersOf = (a: Pixel, b: Pixel): readonly [Pixel, Pixel] => [
  { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) },
  { x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) },
];
