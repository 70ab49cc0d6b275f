'use client';
/** A figure of a diagram with its own way to a note. */
import type { ReactNode } from 'react';
import type { AnchorFigure } from '#lib/room/anchor';
import { FigureNote } from '../_annotations/figure-note.tsx';
import styles from './map-stage.module.css';

interface NotedProps {
  readonly figure: AnchorFigure;
  readonly name: string;
  readonly children: ReactNode;
}

export const Noted = ({ figure, name, children }: NotedProps): ReactNode => (
  <div className={styles['noted']}>
    {children}
    <span className={styles['note']}>
      <FigureNote figure={figure} name={name} />
    </span>
  </div>
);
