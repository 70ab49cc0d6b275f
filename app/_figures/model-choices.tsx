'use client';
/** Models along density, as a figure draws them: one is chosen, by a press or with the arrow keys. */
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { formatDensity } from './scales.ts';
import styles from './model-choices.module.css';

interface ModelChoicesProps {
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly onChoose: (cell: number) => void;
  readonly className?: string | undefined;
  /** Of each cell, a `ModelChoice`. */
  readonly children: (cell: number, density: number) => ReactNode;
}

export function ModelChoices({ densities, chosen, onChoose, className = '', children }: ModelChoicesProps): ReactNode {
  const models = useRef<HTMLDivElement>(null);
  // On a narrow screen they are wider than the screen.
  useEffect(() => {
    models.current?.children[chosen]?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen, densities.length]);
  return (
    <div
      ref={models}
      className={`${styles['models'] ?? ''} ${className}`}
      role="radiogroup"
      aria-label="Models along density"
      onKeyDown={chooseByKey(chosen, densities.length, onChoose)}
    >
      {densities.map((density, cell) => children(cell, density))}
    </div>
  );
}

const chooseByKey =
  (chosen: number, cells: number, onChoose: (cell: number) => void) =>
  (event: KeyboardEvent<HTMLElement>): void => {
    const next = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: cells - 1 }[event.key];
    if (next === undefined || next < 0 || next >= cells) return;
    event.preventDefault();
    onChoose(next);
    const cell = event.currentTarget.children[next];
    if (cell instanceof HTMLElement) cell.focus();
  };

interface ModelChoiceProps {
  readonly cell: number;
  readonly density: number;
  readonly chosen: boolean;
  readonly onChoose: (cell: number) => void;
  readonly className: string | undefined;
  readonly testId: string;
  readonly children: ReactNode;
}

export function ModelChoice(props: ModelChoiceProps): ReactNode {
  const { cell, density, chosen, onChoose, className, testId, children } = props;
  return (
    <button
      type="button"
      role="radio"
      className={`${styles['model'] ?? ''} ${className ?? ''}`}
      aria-checked={chosen}
      aria-label={`S = ${formatDensity(density).S}`}
      tabIndex={chosen ? 0 : -1}
      data-testid={testId}
      onClick={() => {
        onChoose(cell);
      }}
    >
      {children}
    </button>
  );
}
