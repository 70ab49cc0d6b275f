'use client';
/** What one does with the run that is looked at: keep it, name it, go back to its parameters. */
import { History, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { KEPT_LIMITS, type KeptRun } from '#lib/runs/kept';
import { can } from '#lib/room/roles';
import outlined from '../_controls/outlined.module.css';
import { usePastRunActions, useSession } from '../_session/react.tsx';
import styles from './runs.module.css';
import { useRestore } from './use-restore.ts';

export function RunTools({ run }: { readonly run: KeptRun }): ReactNode {
  const [asking, setAsking] = useState<'name' | 'delete' | null>(null);
  const mayKeep = useSession((state) => state.me !== null && can(state.me.role, 'keep-runs'));
  const end = (): void => {
    setAsking(null);
  };
  if (asking === 'name') return <NameField run={run} onEnd={end} />;
  if (asking === 'delete') return <DeleteQuestion run={run} onEnd={end} />;
  return (
    <div className={styles['tools']}>
      <RestoreButton run={run} />
      {mayKeep ? (
        <>
          <PinButton run={run} />
          <button
            type="button"
            onClick={() => {
              setAsking('name');
            }}
          >
            <Pencil size={13} /> Rename
          </button>
        </>
      ) : null}
      <DeleteButton
        run={run}
        onClick={() => {
          setAsking('delete');
        }}
      />
    </div>
  );
}

interface ToolProps {
  readonly run: KeptRun;
}

function RestoreButton({ run }: ToolProps): ReactNode {
  const mayEdit = useSession((state) => state.me !== null && can(state.me.role, 'edit-lab'));
  const stale = useSession((state) => state.specHash !== run.presentHash || state.item?.experiment !== run.experiment);
  const restore = useRestore(run);
  if (!mayEdit || !stale || restore === null) return null;
  return (
    <button type="button" title="For everyone; Ctrl Z takes it back" onClick={restore}>
      <History size={13} /> Restore parameters
    </button>
  );
}

function PinButton({ run }: ToolProps): ReactNode {
  const { curate } = usePastRunActions();
  const { pinned } = run;
  return (
    <button
      type="button"
      title={pinned ? 'It may go when many have come after it' : 'It stays, however many come after it'}
      onClick={() => void curate(run.id, { type: 'pin', pinned: !pinned })}
    >
      {pinned ? <PinOff size={13} /> : <Pin size={13} />} {pinned ? 'Unpin' : 'Pin'}
    </button>
  );
}

/** Of one's own runs, or by the owner; neither of a pinned one nor of the room's present one. */
function DeleteButton({ run, onClick }: ToolProps & { readonly onClick: () => void }): ReactNode {
  const allowed = useSession(
    ({ me }) =>
      me !== null && (can(me.role, 'delete-runs') || (run.startedBy.id === me.id && can(me.role, 'keep-runs'))),
  );
  const present = useSession((state) => state.run?.record.id === run.id);
  if (!allowed || run.pinned || present) return null;
  return (
    <button type="button" onClick={onClick}>
      <Trash2 size={13} /> Delete
    </button>
  );
}

function DeleteQuestion({ run, onEnd }: ToolProps & { readonly onEnd: () => void }): ReactNode {
  const { curate } = usePastRunActions();
  return (
    <div className={styles['tools']} role="group" aria-label="Delete this run?">
      <span>Delete it for everyone, with all its steps?</span>
      <button
        type="button"
        data-tone="error"
        autoFocus
        onClick={() => {
          onEnd();
          void curate(run.id, { type: 'delete' });
        }}
      >
        Delete
      </button>
      <button type="button" onClick={onEnd}>
        Keep
      </button>
    </div>
  );
}

function NameField({ run, onEnd }: ToolProps & { readonly onEnd: () => void }): ReactNode {
  const { curate } = usePastRunActions();
  const [name, setName] = useState(run.name ?? '');
  return (
    <form
      className={styles['rename']}
      onSubmit={(event) => {
        event.preventDefault();
        onEnd();
        if (name.trim() !== (run.name ?? '')) void curate(run.id, { type: 'name', name });
      }}
    >
      <input
        aria-label="Name of this run"
        placeholder="A name, or none"
        value={name}
        maxLength={KEPT_LIMITS.name}
        autoFocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onEnd();
        }}
      />
      <button type="submit" className={outlined['outlined']}>
        Save
      </button>
    </form>
  );
}
