'use client';
/** Every note of the room: those with a place here, those without one, those of other experiments, and what is settled. */
import { Plus } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Placement } from '#lib/room/place';
import { can } from '#lib/room/roles';
import type { Thread as ThreadData } from '#lib/room/threads';
import { useStandpoint } from '../_room/standpoint.tsx';
import { useIsRoom, useNotes, useRoom } from '../_session/react.tsx';
import { Composer } from './composer.tsx';
import { compose, useDesk, useDeskState } from './desk.tsx';
import styles from './notes.module.css';
import { Thread } from './thread.tsx';

export function NotesList(): ReactNode {
  const desk = useDesk();
  const threads = useNotes((state) => state.threads);
  const draft = useDeskState((state) => state.draft);
  const me = useRoom((state) => state.me);
  const isRoom = useIsRoom();
  const alone = useStandpoint().at === 'solo';
  const mayWrite = isRoom && me !== null && can(me.role, 'edit-notes');
  const { here, unanchored, elsewhere, resolved } = useSorted(threads);
  return (
    <>
      {draft === null ? (
        <div className={styles['begin']}>
          {mayWrite ? (
            <button
              type="button"
              className={styles['new']}
              data-testid="new-note"
              onClick={() => {
                compose(desk);
              }}
            >
              <Plus size={15} /> New note <kbd>C</kbd>
            </button>
          ) : (
            <p className={styles['hint']}>
              {alone ? ALONE : me === null ? 'Join to write notes.' : isRoom ? READING : BESIDE}
            </p>
          )}
        </div>
      ) : (
        <Composer draft={draft} />
      )}
      {threads.length === 0 && draft === null && !alone ? <Empty /> : null}
      <Section items={here} />
      <Section
        title="Unanchored"
        words="What they speak of cannot be told in this run. They are kept as they were."
        items={unanchored}
      />
      <Section title="Other experiments" items={elsewhere} />
      {resolved.length === 0 ? null : (
        <details className={styles['settled']}>
          <summary>Resolved ({resolved.length})</summary>
          <Section items={resolved} />
        </details>
      )}
    </>
  );
}

const ALONE = 'Notes are written to others. Share this, make it a room, and everyone in it can pin them.';
const BESIDE = 'Notes speak of what everyone sees: back in the room you can write one.';
const READING = 'You are reading along: notes are written by commenters and editors.';

const Empty = (): ReactNode => (
  <p className={styles['empty']}>
    No notes yet. Point at a feature, press C and write what you see: it stays pinned to the feature, also in the next
    run.
  </p>
);

interface Item {
  readonly thread: ThreadData;
  readonly placement: Placement | null;
}

type Sorted = Readonly<Record<'here' | 'unanchored' | 'elsewhere' | 'resolved', readonly Item[]>>;

function useSorted(threads: readonly ThreadData[]): Sorted {
  const placed = useDeskState((state) => state.scene?.placed ?? null);
  return useMemo(() => {
    const items = threads.map((thread) => ({
      thread,
      placement: thread.anchor === null ? null : (placed?.(thread.anchor) ?? null),
    }));
    const open = items.filter(({ thread }) => !thread.resolved);
    const inState = (state: Placement['state']): Item[] => open.filter(({ placement }) => placement?.state === state);
    return {
      here: open.filter(({ placement }) => placement?.state !== 'unanchored' && placement?.state !== 'elsewhere'),
      unanchored: inState('unanchored'),
      elsewhere: inState('elsewhere'),
      resolved: items.filter(({ thread }) => thread.resolved),
    };
  }, [threads, placed]);
}

interface SectionProps {
  readonly title?: string;
  readonly words?: string;
  readonly items: readonly Item[];
}

function Section({ title, words, items }: SectionProps): ReactNode {
  if (items.length === 0) return null;
  return (
    <section className={styles['section']} data-testid={title === undefined ? undefined : title.toLowerCase()}>
      {title === undefined ? null : <h3>{title}</h3>}
      {words === undefined ? null : <p className={styles['hint']}>{words}</p>}
      {items.map(({ thread, placement }) => (
        <Thread key={thread.id} thread={thread} placement={placement} />
      ))}
    </section>
  );
}
