'use client';
/** Opens the rail at the room's runs. */
import { GalleryVerticalEnd } from 'lucide-react';
import type { ReactNode } from 'react';
import { useDesk, useDeskState } from '../_annotations/desk.tsx';
import pill from '../_controls/pill.module.css';
import styles from './runs.module.css';

export function RunsButton(): ReactNode {
  const desk = useDesk();
  const open = useDeskState((state) => state.tab === 'runs');
  return (
    <button
      type="button"
      className={`${pill['pill'] ?? ''} ${styles['open'] ?? ''}`}
      data-testid="runs-button"
      aria-expanded={open}
      aria-label="Runs of this room"
      onClick={() => {
        desk.setState({ tab: open ? null : 'runs', draft: null });
      }}
    >
      <GalleryVerticalEnd size={15} /> <span>Runs</span>
    </button>
  );
}
