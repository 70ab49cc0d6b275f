'use client';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { parseParameter, type NumberParameter, type ParameterKey } from '#lib/spec/parameters';
import type { Hand } from './hand.ts';
import styles from './parameter.module.css';
import { formatValue, hasTrack, positionOf, valueAt } from './track.ts';

interface NumberFieldProps {
  readonly id?: string;
  /** Where the visible label belongs to the slider. */
  readonly name?: string;
  readonly parameter: ParameterKey;
  readonly definition: NumberParameter;
  readonly value: number;
  readonly hand: Hand;
  readonly disabled: boolean;
}

/** Typed values are written on Enter or when the field is left; a wrong one stays, with a sentence that says what is wrong. */
export function NumberField({ id, name, parameter, definition, value, hand, disabled }: NumberFieldProps): ReactNode {
  const [draft, setDraft] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const messageId = useId();

  const settle = (): void => {
    if (draft === null) return;
    const parsed = parseParameter(parameter, draft);
    setRefusal(parsed.ok ? null : parsed.error.message);
    if (!parsed.ok) return;
    setDraft(null);
    if (parsed.value !== value) hand.onSet(parsed.value);
  };
  const abandon = (): void => {
    setDraft(null);
    setRefusal(null);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') settle();
    if (event.key === 'Escape' && draft !== null) {
      // What it lies in is left by the next press.
      event.stopPropagation();
      abandon();
    }
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    abandon();
    hand.onSet(neighbour(value, definition, direction));
  };

  return (
    <>
      <input
        id={id}
        className={styles['field']}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={name}
        aria-invalid={refusal !== null}
        aria-describedby={refusal === null ? undefined : messageId}
        value={draft ?? formatValue(value)}
        disabled={disabled}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
          setRefusal(null);
        }}
        onBlur={settle}
        onKeyDown={onKeyDown}
      />
      {refusal === null ? null : (
        <span className={styles['refusal']} id={messageId} role="alert">
          {refusal}
        </span>
      )}
    </>
  );
}

/** One position up or down the track; one by one where there is none. */
function neighbour(value: number, definition: NumberParameter, direction: number): number {
  if (hasTrack(definition)) return valueAt(positionOf(value, definition) + direction, definition);
  return Math.min(definition.max, Math.max(definition.min, value + direction * definition.step));
}
