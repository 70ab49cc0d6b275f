'use client';
/** What can be done with a figure: read it as a table, and take it along. */
import { ChartScatter, Download, Table2 } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { IconButton } from '../_controls/icon-button.tsx';
import styles from './figure.module.css';

export type Format = 'png' | 'svg' | 'csv';

const FORMATS: readonly { readonly format: Format; readonly label: string; readonly words: string }[] = [
  { format: 'png', label: 'PNG', words: 'picture, for slides' },
  { format: 'svg', label: 'SVG', words: 'drawing, for papers' },
  { format: 'csv', label: 'CSV', words: 'numbers, in full' },
];

interface FigureMenuProps {
  readonly asTable: boolean;
  readonly onTable: (asTable: boolean) => void;
  readonly onSave: (format: Format) => void;
}

export function FigureMenu({ asTable, onTable, onSave }: FigureMenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <span className={styles['tools']} data-open={open || asTable ? '' : undefined}>
      <IconButton
        size="corner"
        aria-pressed={asTable}
        label={asTable ? 'Show the figure' : 'Show the data as a table'}
        title={asTable ? 'Figure' : 'Table'}
        onClick={() => {
          onTable(!asTable);
        }}
      >
        {asTable ? <ChartScatter size={14} /> : <Table2 size={14} />}
      </IconButton>
      <SaveMenu open={open} onOpen={setOpen} onSave={onSave} />
    </span>
  );
}

interface SaveMenuProps {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onSave: (format: Format) => void;
}

function SaveMenu({ open, onOpen, onSave }: SaveMenuProps): ReactNode {
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) menu.current?.querySelector('button')?.focus();
  }, [open]);
  const close = (): void => {
    onOpen(false);
    button?.focus();
  };
  return (
    <>
      <IconButton
        ref={setButton}
        size="corner"
        aria-haspopup="menu"
        aria-expanded={open}
        label="Save the figure"
        title="Save"
        onClick={() => {
          onOpen(!open);
        }}
      >
        <Download size={14} />
      </IconButton>
      {open ? (
        <div
          ref={menu}
          role="menu"
          aria-label="Save the figure as"
          className={styles['menu']}
          onKeyDown={menuKeys(close)}
          onBlur={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget) && event.relatedTarget !== button) onOpen(false);
          }}
        >
          {FORMATS.map(({ format, label, words }) => (
            <button
              key={format}
              type="button"
              role="menuitem"
              onClick={() => {
                onSave(format);
                close();
              }}
            >
              <strong>{label}</strong> {words}
            </button>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** Up and down go round, Escape leaves; nothing of it reaches the page's own shortcuts. */
function menuKeys(close: () => void) {
  return (event: KeyboardEvent<HTMLElement>): void => {
    event.stopPropagation();
    const items = [...event.currentTarget.querySelectorAll('button')];
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items.at(at - 1)?.focus();
    else if (event.key === 'Home') items[0]?.focus();
    else if (event.key === 'End') items.at(-1)?.focus();
    else return;
    event.preventDefault();
  };
}
