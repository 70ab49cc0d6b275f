'use client';
import { useRef, type CSSProperties, type ReactNode } from 'react';
import type { NumberParameter } from '#lib/spec/parameters';
import type { Hand } from './hand.ts';
import styles from './parameter.module.css';
import { formatValue, positionOf, positionsOf, valueAt } from './track.ts';

interface SliderProps {
  readonly id: string;
  readonly definition: NumberParameter;
  readonly value: number;
  readonly hand: Hand;
  readonly disabled: boolean;
}

/** A native range over the track's positions: pointer, touch, keyboard and screen reader come with it. */
export function Slider({ id, definition, value, hand, disabled }: SliderProps): ReactNode {
  const drag = useDrag(definition, hand);
  const positions = positionsOf(definition);
  const position = positionOf(value, definition);
  return (
    <input
      type="range"
      id={id}
      className={styles['slider']}
      style={{ '--share': position / positions } as CSSProperties}
      min={0}
      max={positions}
      step={1}
      value={position}
      disabled={disabled}
      aria-valuetext={`${formatValue(value)} ${definition.unit}`.trim()}
      onChange={(event) => {
        drag.move(event.currentTarget.valueAsNumber);
      }}
      onPointerUp={drag.release}
      onKeyUp={drag.release}
      onBlur={drag.release}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && drag.cancel()) event.stopPropagation();
      }}
    />
  );
}

/** From the first move to the release: what is held, unless Escape let go of it. */
function useDrag(definition: NumberParameter, hand: Hand) {
  const held = useRef<number | null>(null);
  const cancelled = useRef(false);
  return {
    move: (position: number): void => {
      if (cancelled.current) return;
      held.current = valueAt(position, definition);
      hand.onDrag(held.current);
    },
    release: (): void => {
      const value = held.current;
      held.current = null;
      cancelled.current = false;
      if (value !== null) hand.onSet(value);
    },
    cancel: (): boolean => {
      if (held.current === null) return false;
      held.current = null;
      cancelled.current = true;
      hand.onCancel();
      return true;
    },
  };
}
