'use client';
/** A note being written: what it is about, which a press on a figure changes, and its words. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Anchor } from '#lib/room/anchor';
import { IconButton } from '../_controls/icon-button.tsx';
import { useNoteActions } from '../_session/react.tsx';
import { AnchorLine } from './anchor-line.tsx';
import { useDesk, visit, type Draft } from './desk.tsx';
import { NoteField } from './note-field.tsx';
import styles from './notes.module.css';
import { SubjectPicker } from './subject-picker.tsx';

export function Composer({ draft }: { readonly draft: Draft }): ReactNode {
  const desk = useDesk();
  const { add, move } = useNoteActions();
  const { anchor, moves } = draft;
  const close = (): void => {
    desk.setState({ draft: null });
  };
  const about = (next: Anchor | null): void => {
    desk.setState({ draft: { ...draft, anchor: next } });
  };
  return (
    <section
      className={styles['composer']}
      aria-label={moves === null ? 'New note' : 'Pin the note elsewhere'}
      data-testid="composer"
    >
      <div className={styles['composerHead']}>
        <span>{moves === null ? 'New note about' : 'Pin the note to'}</span>
        <IconButton size="small" label="Leave the note" onClick={close}>
          <X size={15} />
        </IconButton>
      </div>
      <SubjectPicker anchor={anchor} onPick={about} />
      {anchor === null ? null : <AnchorLine anchor={anchor} />}
      <p className={styles['hint']}>
        Press a feature, a cell or a step in a figure to pin it there; drag for a pair or a region.
      </p>
      {moves === null ? (
        <NoteField
          label="Note"
          send="Pin note"
          placeholder="What do you see, and why?"
          autoFocus
          onSend={(text) => {
            const id = add(text, anchor);
            if (id === null) return false;
            close();
            visit(desk, id, null);
            return true;
          }}
          onCancel={close}
        />
      ) : (
        <div className={styles['fieldFoot']}>
          <button type="button" className={styles['quiet']} onClick={close}>
            Cancel
          </button>
          <button
            type="button"
            className={styles['send']}
            onClick={() => {
              move(moves, anchor);
              close();
            }}
          >
            Pin it here
          </button>
        </div>
      )}
    </section>
  );
}
