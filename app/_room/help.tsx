'use client';
import { useEffect, useRef, type ReactNode } from 'react';
import styles from './room.module.css';

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['Space', 'Run, pause, continue'],
  ['.', 'One step'],
  ['R', 'Reset, with the same seed'],
  ['Shift R', 'A new seed'],
  ['[ ]', 'To the kept step before, and after'],
  ['P', 'Play the steps, or stop'],
  ['G', 'Time with the group, or one’s own'],
  ['C', 'Note: on the feature under the hand, or press a figure'],
  ['T', 'Try it alone, and back'],
  ['F', 'Follow who leads, or leave'],
  ['S', 'Lead, or stop leading'],
  ['K', 'Take the knobs, or give them back'],
  ['H', 'Raise a hand, or lower it'],
  ['1 – 9', 'Choose a model along density, where they are a strip'],
  ['← →', 'Go through models, or through features in a figure'],
  ['Esc', 'Fold what lies over the figures, let go of a control, leave who leads, back to live, skip the showing'],
  ['?', 'This help'],
];

interface HelpProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function Help({ open, onClose }: HelpProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className={styles['help']} aria-label="Keyboard" onClose={onClose}>
      <h2>Keyboard</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
