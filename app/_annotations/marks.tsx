'use client';
/** Notes that are in no figure: beside the control that they speak of, and along the time. */
import { Plus } from 'lucide-react';
import { useMemo, type CSSProperties, type ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import type { Thread } from '#lib/room/threads';
import { definitionOf, isParameterKey } from '#lib/spec/parameters';
import { IconButton } from '../_controls/icon-button.tsx';
import { useNotes, useSession } from '../_session/react.tsx';
import { cluster } from './cluster.ts';
import { useDesk, useDeskState, visit } from './desk.tsx';
import styles from './notes.module.css';
import { authorOf } from './person-name.ts';
import type { Placing } from './scene.ts';

/** Of one parameter. */
export function ParameterNotes({ parameter }: { readonly parameter: string }): ReactNode {
  const threads = useNotes((state) => state.threads);
  const item = useSession((state) => state.item?.id ?? null);
  const spoken = threads.filter(
    ({ anchor, resolved }) =>
      !resolved && anchor?.item === item && anchor.target.kind === 'parameter' && anchor.target.parameter === parameter,
  );
  const writing = useDeskState((state) => state.draft !== null);
  if (writing) return <PinHere parameter={parameter} />;
  return spoken.length === 0 ? null : <Mark threads={spoken} />;
}

/** While a note is being written: it is about this parameter. */
function PinHere({ parameter }: { readonly parameter: string }): ReactNode {
  const desk = useDesk();
  const value = useSession(({ parameters }) => (isParameterKey(parameter) ? parameters[parameter] : undefined));
  const here = useDeskState(
    ({ draft }) => draft?.anchor?.target.kind === 'parameter' && draft.anchor.target.parameter === parameter,
  );
  const isThere = useDeskState(({ scene }) => scene !== null);
  if (value === undefined || !isParameterKey(parameter) || !isThere) return null;
  const label = `Pin the note to ${definitionOf(parameter).label}`;
  return (
    <IconButton
      size="corner"
      className={styles['pinHere'] ?? ''}
      label={label}
      aria-pressed={here}
      data-testid="pin-here"
      onClick={() => {
        const { scene, draft } = desk.getState();
        if (scene === null || draft === null) return;
        const anchor = scene.anchorAt('parameters', { kind: 'parameter', parameter, value });
        desk.setState({ draft: { ...draft, anchor } });
      }}
    >
      <Plus size={11} aria-hidden />
    </IconButton>
  );
}

/** At a model of the strip: how many notes speak of it. Which they are one sees when it is the chosen one. */
export function ModelNotes({ cell }: { readonly cell: number }): ReactNode {
  const threads = useNotes((state) => state.threads);
  const placed = useDeskState((state) => state.scene?.placed ?? null);
  const count = useMemo(
    () => (placed === null ? 0 : threads.filter((thread) => isAbout(thread, cell, placed)).length),
    [threads, cell, placed],
  );
  if (count === 0) return null;
  const words = `${count} ${count === 1 ? 'note' : 'notes'}`;
  return (
    <span className={styles['modelNotes']} title={words} data-testid="model-notes" aria-hidden>
      {count}
    </span>
  );
}

function isAbout({ anchor, resolved }: Thread, cell: number, placed: Placing): boolean {
  if (resolved || anchor === null || anchor.target.kind === 'parameter') return false;
  const placement = placed(anchor);
  return placement.state === 'placed' && placement.cell === cell;
}

/** Of steps; `position` gives the share of the track, 0 … 1. */
export function StepNotes({ position }: { readonly position: (step: number) => number }): ReactNode {
  const threads = useNotes((state) => state.threads);
  const scene = useDeskState((state) => state.scene);
  if (scene === null) return null;
  const marked = threads.flatMap((thread) => {
    const { anchor, resolved } = thread;
    if (resolved || anchor === null || anchor.step === null) return [];
    // Of another run only what speaks of the step itself: its other moments were that run's own.
    if (anchor.target.kind !== 'step' && anchor.run !== scene.place.run) return [];
    if (scene.placed(anchor).state !== 'placed') return [];
    return [{ thread, x: position(anchor.step), y: 0 }];
  });
  return cluster(marked, STEP_DISTANCE).map(({ x, members }) => (
    <span key={members[0]?.thread.id} className={styles['stepMark']} style={{ left: `${100 * x}%` }}>
      <Mark threads={members.map(({ thread }) => thread)} />
    </span>
  ));
}

/** As a share of the track: marks nearer to each other are one. */
const STEP_DISTANCE = 0.04;

/** Several: a press goes from one to the next. */
function Mark({ threads }: { readonly threads: readonly Thread[] }): ReactNode {
  const desk = useDesk();
  const selected = useDeskState((state) => state.selected);
  const people = useSession((state) => state.people);
  const authors = useNotes((state) => state.authors);
  const at = threads.findIndex(({ id }) => id === selected);
  const thread = threads[at] ?? threads[0];
  const next = threads[(at + 1) % threads.length];
  if (thread === undefined || next === undefined) return null;
  const author = authorOf(thread.author, people, authors);
  const many = threads.length > 1 && at < 0;
  return (
    <button
      type="button"
      className={styles['mark']}
      style={{ '--person': PERSON_COLOURS[author.colour] } as CSSProperties}
      aria-label={many ? `${threads.length} notes` : `Note ${thread.number} by ${author.name}`}
      data-testid="note-mark"
      onClick={() => {
        visit(desk, next.id, next.anchor);
      }}
    >
      <span>{many ? `×${threads.length}` : thread.number}</span>
    </button>
  );
}
