'use client';
/** One parameter of the table as a control. The value moves while anyone drags it, and is written on release. */
import { CircleHelp } from 'lucide-react';
import { useId, useState, type CSSProperties, type ReactNode } from 'react';
import type { ChoiceParameter, NumberParameter, ParameterDefinition, ParameterKey } from '#lib/spec/parameters';
import { PERSON_COLOURS, type Person } from '#lib/room/person';
import { formatDensity } from '../_figures/scales.ts';
import type { Hand } from './hand.ts';
import { IconButton } from './icon-button.tsx';
import { NumberField } from './number-field.tsx';
import styles from './parameter.module.css';
import { Slider } from './slider.tsx';
import { hasTrack } from './track.ts';

interface ParameterProps {
  readonly parameter: ParameterKey;
  readonly definition: ParameterDefinition;
  readonly value: number | string;
  readonly hand: Hand;
  /** Someone else who holds it at the moment. */
  readonly holder: Person | null;
  readonly disabled: boolean;
}

export function Parameter({ parameter, definition, value, hand, holder, disabled }: ParameterProps): ReactNode {
  const [explained, setExplained] = useState(false);
  const id = useId();
  const common = { id, help: `${id}-help`, hand, disabled };
  return (
    <div
      className={styles['parameter']}
      data-testid={`parameter-${parameter}`}
      style={holder === null ? undefined : ({ '--hand': PERSON_COLOURS[holder.colour] } as CSSProperties)}
      data-held={holder === null ? undefined : ''}
      data-kind={definition.kind}
    >
      <div className={styles['head']}>
        <label className={styles['label']} htmlFor={id}>
          {definition.label} <i className={styles['symbol']}>{definition.symbol}</i>
          <span className={styles['unit']}>{unitOf(parameter, definition, value)}</span>
        </label>
        <IconButton
          size="small"
          className={styles['why'] ?? ''}
          aria-expanded={explained}
          aria-controls={common.help}
          label={`About ${definition.label}`}
          onClick={() => {
            setExplained(!explained);
          }}
        >
          <CircleHelp size={14} />
        </IconButton>
        {holder === null ? null : <span className={styles['holder']}>{holder.name}</span>}
      </div>
      {definition.kind === 'choice' ? (
        <ChoiceControl {...common} definition={definition} value={String(value)} />
      ) : (
        <NumberControl {...common} parameter={parameter} definition={definition} value={Number(value)} />
      )}
      <p className={styles['help']} id={common.help} hidden={!explained}>
        {definition.help}
      </p>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly hand: Hand;
  readonly disabled: boolean;
}

interface NumberControlProps extends ControlProps {
  readonly parameter: ParameterKey;
  readonly definition: NumberParameter;
  readonly value: number;
}

function NumberControl({ id, parameter, definition, value, hand, disabled }: NumberControlProps): ReactNode {
  const tracked = hasTrack(definition);
  return (
    <>
      {tracked ? <Slider id={id} definition={definition} value={value} hand={hand} disabled={disabled} /> : null}
      <NumberField
        {...(tracked ? { name: `${definition.label}, as a number` } : { id })}
        parameter={parameter}
        definition={definition}
        value={value}
        hand={hand}
        disabled={disabled}
      />
    </>
  );
}

/** A density is read both ways: p in the field, S beside it. */
function unitOf(parameter: ParameterKey, definition: ParameterDefinition, value: number | string): string {
  const isDensity = parameter === 'densityFrom' || parameter === 'densityTo';
  if (isDensity) return `S = ${formatDensity(Number(value)).S}`;
  return definition.kind === 'choice' ? '' : definition.unit;
}

interface ChoiceControlProps extends ControlProps {
  readonly definition: ChoiceParameter;
  readonly value: string;
}

function ChoiceControl({ id, definition, value, hand, disabled }: ChoiceControlProps): ReactNode {
  return (
    <div className={styles['choices']} role="radiogroup" aria-label={definition.label}>
      {definition.choices.map((choice, k) => (
        <label key={choice.value} className={styles['choice']}>
          <input
            type="radio"
            id={k === 0 ? id : undefined}
            name={id}
            value={choice.value}
            checked={choice.value === value}
            disabled={disabled}
            onChange={() => {
              hand.onSet(choice.value);
            }}
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}
