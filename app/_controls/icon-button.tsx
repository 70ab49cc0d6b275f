'use client';
/** A button that is a sign alone: its words are said, and shown where it is pointed at. */
import type { ComponentProps, ReactNode } from 'react';
import styles from './icon-button.module.css';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type' | 'aria-label'> {
  readonly label: string;
  /** 24 px; as many at a figure's corner; 28 px; 32 px. */
  readonly size: 'small' | 'corner' | 'middle' | 'large';
}

export function IconButton({ label, size, title = label, className = '', ...rest }: IconButtonProps): ReactNode {
  return (
    <button {...rest} type="button" className={`${styles[size] ?? ''} ${className}`} aria-label={label} title={title} />
  );
}
