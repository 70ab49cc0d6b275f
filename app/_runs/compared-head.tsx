'use client';
/** Above two that are compared: what is between them, and the way back to one. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePastRunActions } from '../_session/react.tsx';
import styles from './compare.module.css';

interface ComparedHeadProps {
  /** Before the words. */
  readonly tools?: ReactNode;
  readonly words: ReactNode;
}

export function ComparedHead({ tools, words }: ComparedHeadProps): ReactNode {
  const { close } = usePastRunActions();
  return (
    <div className={styles['head']}>
      {tools}
      <p className={styles['between']} data-testid="between">
        {words}
      </p>
      <button
        type="button"
        className={styles['close']}
        onClick={() => {
          close('beside');
        }}
      >
        <X size={14} /> End comparing
      </button>
    </div>
  );
}
