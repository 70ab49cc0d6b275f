'use client';
import type { ReactNode } from 'react';
import styles from './room.module.css';

/** The figures by name; a phone shows one at a time. */
export const PANELS = { directions: 'Directions', gram: 'WᵀW', norms: 'Norms', loss: 'Loss' } as const;
export type Panel = keyof typeof PANELS;

export const isPanel = (name: string): name is Panel => Object.hasOwn(PANELS, name);

const NAMES = Object.keys(PANELS) as readonly Panel[];

interface PanelTabsProps {
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
}

export function PanelTabs({ panel, onPanel }: PanelTabsProps): ReactNode {
  return (
    <div className={styles['tabs']} role="group" aria-label="Figure">
      {NAMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === panel}
          onClick={() => {
            onPanel(name);
          }}
        >
          {name === 'gram' ? (
            <>
              W<sup>T</sup>W
            </>
          ) : (
            PANELS[name]
          )}
        </button>
      ))}
    </div>
  );
}
