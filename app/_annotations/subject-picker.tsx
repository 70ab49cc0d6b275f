'use client';
/** What a note is about, without a pointer: everything that a press on a figure could mean, as a list. */
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { Anchor } from '#lib/room/anchor';
import { definitionOf } from '#lib/spec/parameters';
import { isSweep } from '#lib/spec/tiles';
import { AXIS_WORDS, gridOf } from '../_figures/cell-words.ts';
import { useSession } from '../_session/react.tsx';
import { useDeskState } from './desk.tsx';
import styles from './notes.module.css';
import type { Scene } from './scene.ts';

interface SubjectPickerProps {
  readonly anchor: Anchor | null;
  readonly onPick: (anchor: Anchor | null) => void;
}

export function SubjectPicker({ anchor, onPick }: SubjectPickerProps): ReactNode {
  const scene = useDeskState((state) => state.scene);
  const parameters = useSession((state) => state.parameters);
  const experiment = useSession((state) => state.item?.experiment ?? '');
  const controls = experimentOf(experiment)?.controls ?? [];
  if (scene === null) return null;
  const n = scene.live(scene.cell).view.norms.length;
  const features = Array.from({ length: n }, (_, feature) => feature);
  const pick = (value: string): void => {
    onPick(anchorFor(value, anchor, scene, (key) => Object.entries(parameters).find(([held]) => held === key)?.[1]));
  };
  return (
    <span className={styles['picker']}>
      <select
        aria-label="What the note is about"
        value={valueOf(anchor)}
        onChange={(event) => {
          pick(event.currentTarget.value);
        }}
      >
        <option value="cell">{scene.whole === 'map' ? 'The cell chosen' : 'The model shown'}</option>
        {/* The cells of a sweep have come to different ones. */}
        {isSweep(scene.spec) ? null : <option value="step">The step shown</option>}
        <optgroup label="Features">
          {features.map((feature) => (
            <option key={feature} value={`feature ${feature}`}>
              Feature {feature + 1}
            </option>
          ))}
        </optgroup>
        {n > 1 ? <option value="pair">Two features</option> : null}
        {anchor?.target.kind === 'region' ? <option value="region">The region drawn</option> : null}
        <optgroup label="Axes">
          {axesOf(scene).map((words, k) => (
            <option key={words} value={k === 0 ? 'axis x' : 'axis y'}>
              {words}
            </option>
          ))}
        </optgroup>
        <optgroup label="Parameters">
          {controls.map((key) => (
            <option key={key} value={`parameter ${key}`}>
              {definitionOf(key).label}
            </option>
          ))}
        </optgroup>
        <option value="room">The room, nothing in particular</option>
      </select>
      {anchor?.target.kind === 'pair' ? (
        <PairPicker features={anchor.target.features} n={n} scene={scene} onPick={onPick} />
      ) : null}
    </span>
  );
}

/** The one below, and the one beside. */
function axesOf({ whole, spec }: Scene): readonly string[] {
  if (whole === 'directions') return ['Steps, below the loss', 'Loss, beside it'];
  const { across, down } = gridOf(spec);
  return [...(across === null ? [] : [across]), ...down.slice(0, 1)].map(({ over }) => capital(AXIS_WORDS[over]));
}

const capital = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

function valueOf(anchor: Anchor | null): string {
  if (anchor === null) return 'room';
  const { target } = anchor;
  if (target.kind === 'feature') return `feature ${target.feature}`;
  if (target.kind === 'axis') return `axis ${target.axis}`;
  return target.kind === 'parameter' ? `parameter ${target.parameter}` : target.kind;
}

function anchorFor(
  value: string,
  before: Anchor | null,
  { anchorAt, live, cell, whole }: Scene,
  valueOfParameter: (key: string) => number | string | undefined,
): Anchor | null {
  const [kind = '', which = ''] = value.split(' ');
  switch (kind) {
    case 'feature':
      return anchorAt('directions', { kind, feature: Number(which) });
    case 'pair':
      return anchorAt('directions', { kind, features: [0, 1] });
    case 'axis':
      return anchorAt(whole === 'map' ? whole : 'loss', { kind, axis: which === 'x' ? 'x' : 'y' });
    case 'step':
      return anchorAt('loss', { kind, step: live(cell).step ?? 0 });
    case 'parameter':
      return anchorAt('parameters', { kind, parameter: which, value: valueOfParameter(which) ?? '' });
    case 'cell':
      return anchorAt(whole, { kind });
    case 'region':
      return before;
    default:
      return null;
  }
}

interface PairPickerProps {
  readonly features: readonly [number, number];
  readonly n: number;
  readonly scene: Scene;
  readonly onPick: (anchor: Anchor) => void;
}

function PairPicker({ features, n, scene, onPick }: PairPickerProps): ReactNode {
  return ['One of the two', 'The other'].map((label, k) => (
    <select
      key={label}
      aria-label={label}
      value={features[k]}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value);
        const [i, j] = features;
        onPick(scene.anchorAt('directions', { kind: 'pair', features: k === 0 ? [chosen, j] : [i, chosen] }));
      }}
    >
      {Array.from({ length: n }, (_, feature) => (
        <option key={feature} value={feature} disabled={feature === features[1 - k]}>
          {feature + 1}
        </option>
      ))}
    </select>
  ));
}
