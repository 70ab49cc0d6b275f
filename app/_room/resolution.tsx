'use client';
/** How fine a diagram is: a press for each of a few resolutions, and what a run as set now would be: models, tiles, time, or why not. */
import { useMemo, type ReactNode } from 'react';
import { RESOLUTIONS, resolutionParameters, type Resolution as Fineness } from '#lib/experiments/diagram';
import type { RunPlace } from '#lib/runs/record';
import type { Parameters } from '#lib/spec/parameters';
import { mayEdit, paceAt } from '../_session/may.ts';
import { useActions, useIsRoom, useSession } from '../_session/react.tsx';
import styles from './resolution.module.css';
import { refusalOf, sizeWords, timeWords } from './run-size.ts';

export function Resolution(): ReactNode {
  return (
    <div className={styles['resolution']} data-testid="resolution">
      <fieldset className={styles['choices']}>
        <legend>Resolution</legend>
        {RESOLUTIONS.map((each) => (
          <Choice key={each.side} resolution={each} />
        ))}
      </fieldset>
      <RunSize />
    </div>
  );
}

const isSet = (parameters: Parameters, resolution: Fineness): boolean =>
  Object.entries(resolutionParameters(resolution, parameters)).every(
    ([key, value]) => parameters[key as keyof Parameters] === value,
  );

function Choice({ resolution }: { readonly resolution: Fineness }): ReactNode {
  const parameters = useSession((state) => state.parameters);
  const allowed = useSession(mayEdit);
  const { set } = useActions();
  const { side, replicas } = resolution;
  return (
    <label className={styles['choice']} title={`${String(replicas)} models in each of ${String(side * side)} cells`}>
      <input
        type="radio"
        name="resolution"
        checked={isSet(parameters, resolution)}
        disabled={!allowed}
        onChange={() => {
          set(resolutionParameters(resolution, parameters));
        }}
      />
      {side} × {side}
    </label>
  );
}

/** What Run would begin, before it is pressed. */
function RunSize(): ReactNode {
  const spec = useSession((state) => state.spec);
  const size = useMemo(() => sizeWords(spec), [spec]);
  return (
    <p className={styles['size']} data-testid="run-size">
      <strong>{size}</strong>
      <Time place="browser" />
      {useIsRoom() ? <Time place="server" /> : null}
    </p>
  );
}

function Time({ place }: { readonly place: RunPlace }): ReactNode {
  const spec = useSession((state) => state.spec);
  const pace = useSession(paceAt(place));
  const refusal = useMemo(() => refusalOf(spec, pace), [spec, pace]);
  const words = useMemo(() => timeWords(spec, pace, place), [spec, pace, place]);
  if (refusal !== null && place === 'browser') return <span data-problem="">{refusal}</span>;
  return refusal !== null || words === '' ? null : <span>{words}</span>;
}
