'use client';
/** The room's experiments, one beside the other. Choosing one chooses it for everyone. */
import { ChevronLeft, ChevronRight, Pencil, Plus, Trash2 } from 'lucide-react';
import { Fragment, useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { idFromBytes } from '#lib/base/id';
import { experimentOf, experimentParameters, EXPERIMENTS } from '#lib/experiments/index';
import type { AgendaItem } from '#lib/room/lab';
import { LAB_LIMITS } from '#lib/room/limits';
import { IconButton } from '../_controls/icon-button.tsx';
import { mayEdit } from '../_session/may.ts';
import { useActions, useSession } from '../_session/react.tsx';
import styles from './agenda.module.css';
import { DuplicateButton } from './duplicate-button.tsx';

export function Agenda(): ReactNode {
  const agenda = useSession((state) => state.agenda);
  const current = useSession((state) => state.item);
  const allowed = useSession(mayEdit);
  const [removed, setRemoved] = useState<AgendaItem | null>(null);
  const [renaming, setRenaming] = useState(false);
  const { edit } = useActions();
  const list = useRef<HTMLOListElement>(null);
  const shown = current?.id;
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  if (current === null) return null;
  return (
    <nav className={styles['agenda']} aria-label="Agenda: everyone sees the experiment that is chosen">
      <ol ref={list} className={styles['items']}>
        {agenda.map((item, place) => (
          <li
            key={item.id}
            onDragOver={(event) => {
              if (allowed) event.preventDefault();
            }}
            onDrop={(event) => {
              event.preventDefault();
              edit({ type: 'move', item: event.dataTransfer.getData('text/plain'), to: place });
            }}
          >
            {renaming && item.id === current.id ? (
              <NameField
                item={item}
                onEnd={() => {
                  setRenaming(false);
                }}
              />
            ) : (
              <button
                type="button"
                className={styles['item']}
                aria-current={item.id === current.id ? 'step' : undefined}
                disabled={!allowed}
                draggable={allowed}
                title={
                  allowed ? 'Show this experiment to everyone' : 'Whoever edits the room chooses what everyone sees'
                }
                onDragStart={(event) => {
                  event.dataTransfer.setData('text/plain', item.id);
                }}
                onClick={() => {
                  edit({ type: 'select', item: item.id });
                }}
              >
                <span className={styles['place']}>{place + 1}</span> {nameOf(item)}
              </button>
            )}
          </li>
        ))}
      </ol>
      {allowed ? (
        <Tools
          agenda={agenda}
          current={current}
          onRename={() => {
            setRenaming(true);
          }}
          onRemoved={setRemoved}
        />
      ) : null}
      {allowed && removed !== null ? (
        <span className={styles['removed']} role="status">
          “{nameOf(removed)}” was removed for everyone.{' '}
          <button
            type="button"
            onClick={() => {
              edit({ type: 'add', item: removed });
              setRemoved(null);
            }}
          >
            Undo
          </button>
        </span>
      ) : null}
    </nav>
  );
}

const nameOf = ({ label, experiment }: AgendaItem): string =>
  label === '' ? (experimentOf(experiment)?.title ?? 'Experiment') : label;

function NameField({ item, onEnd }: { readonly item: AgendaItem; readonly onEnd: () => void }): ReactNode {
  const [name, setName] = useState(nameOf(item));
  const { edit } = useActions();
  const write = (): void => {
    if (name !== nameOf(item)) edit({ type: 'label', item: item.id, label: name });
    onEnd();
  };
  return (
    <input
      className={styles['name']}
      aria-label="Name of this experiment"
      value={name}
      maxLength={LAB_LIMITS.label}
      autoFocus
      onFocus={(event) => {
        event.target.select();
      }}
      onChange={(event) => {
        setName(event.target.value);
      }}
      onBlur={write}
      onKeyDown={(event) => {
        if (event.key === 'Enter') write();
        if (event.key === 'Escape') onEnd();
        event.stopPropagation();
      }}
    />
  );
}

interface ToolsProps {
  readonly agenda: readonly AgendaItem[];
  readonly current: AgendaItem;
  readonly onRename: () => void;
  readonly onRemoved: (item: AgendaItem) => void;
}

function Tools({ agenda, current, onRename, onRemoved }: ToolsProps): ReactNode {
  const { edit } = useActions();
  const place = agenda.findIndex(({ id }) => id === current.id);
  const move = (to: number): void => {
    edit({ type: 'move', item: current.id, to });
  };
  const add = (what: Pick<AgendaItem, 'experiment' | 'set'>): void => {
    const id = idFromBytes(crypto.getRandomValues(new Uint8Array(16)));
    const position = Math.max(...agenda.map((item) => item.position)) + 1;
    edit({ type: 'add', item: { ...what, id, label: '', position } });
  };
  const remove = (): void => {
    edit({ type: 'remove', item: current.id });
    onRemoved(current);
  };
  return (
    <span className={styles['tools']}>
      <AddMenu current={current} disabled={agenda.length >= LAB_LIMITS.agenda} onAdd={add} />
      <IconButton size="middle" label="Rename this experiment" disabled={false} onClick={onRename}>
        <Pencil size={14} />
      </IconButton>
      {agenda.length === 1 ? null : (
        <>
          <IconButton
            size="middle"
            label="Move earlier"
            disabled={place === 0}
            onClick={() => {
              move(place - 1);
            }}
          >
            <ChevronLeft size={15} />
          </IconButton>
          <IconButton
            size="middle"
            label="Move later"
            disabled={place === agenda.length - 1}
            onClick={() => {
              move(place + 1);
            }}
          >
            <ChevronRight size={15} />
          </IconButton>
          <IconButton size="middle" label="Remove this experiment" disabled={false} onClick={remove}>
            <Trash2 size={14} />
          </IconButton>
        </>
      )}
      <DuplicateButton />
    </span>
  );
}

interface AddMenuProps {
  readonly current: AgendaItem;
  readonly disabled: boolean;
  readonly onAdd: (what: Pick<AgendaItem, 'experiment' | 'set'>) => void;
}

/** A copy of the present one, to try a variant; or another experiment, as it begins. */
function AddMenu({ current, disabled, onAdd }: AddMenuProps): ReactNode {
  const menu = useId();
  const item = (title: string, what: Pick<AgendaItem, 'experiment' | 'set'>): ReactNode => (
    <button
      type="button"
      popoverTarget={menu}
      popoverTargetAction="hide"
      onClick={() => {
        onAdd(what);
      }}
    >
      {title}
    </button>
  );
  return (
    <>
      <IconButton size="middle" label="Add an experiment" disabled={disabled} popoverTarget={menu}>
        <Plus size={15} />
      </IconButton>
      <div id={menu} popover="auto" className={styles['menu']} aria-label="Add an experiment">
        {item('A copy of this one', current)}
        {EXPERIMENTS.map(({ key, title }) => (
          <Fragment key={key}>{item(title, { experiment: key, set: { ...experimentParameters(key) } })}</Fragment>
        ))}
      </div>
    </>
  );
}
