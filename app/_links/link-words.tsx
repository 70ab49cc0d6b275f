/** A link in words: its title, who made it when, under which licence, and what it is of. */
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { Link, LinkId } from '#lib/link/link';
import { formatCount } from '../_figures/scales.ts';
import styles from './viewer.module.css';

interface LinkWordsProps {
  readonly link: Link;
  readonly supersededBy: LinkId | null;
}

export function LinkWords({ link, supersededBy }: LinkWordsProps): ReactNode {
  const experiment = experimentOf(link.experiment);
  return (
    <header className={styles['words']}>
      <SupersededWords by={supersededBy} />
      <h1>{link.title}</h1>
      <BylineWords {...link} section={experiment?.section ?? null} />
      {experiment === undefined ? null : <p className={styles['question']}>{experiment.question}</p>}
      <p className={styles['made']}>{runWords(link)}</p>
    </header>
  );
}

export function SupersededWords({ by }: { readonly by: LinkId | null }): ReactNode {
  if (by === null) return null;
  return (
    <p className={styles['superseded']} data-testid="superseded">
      Its authors have replaced this link. <a href={`/links/${by}`}>Read the newer one</a>
    </p>
  );
}

interface BylineProps extends Pick<Link, 'authors' | 'madeAt' | 'licence'> {
  readonly section?: string | null;
}

export function BylineWords({ authors, madeAt, licence, section = null }: BylineProps): ReactNode {
  return (
    <p className={styles['by']}>
      {authors.length === 0 ? '' : `${authors.join(', ')} · `}
      <time dateTime={new Date(madeAt).toISOString()}>{dateWords(madeAt)}</time> · {licenceWords(licence)}
      {section === null ? '' : ` · § ${section}`}
    </p>
  );
}

const dateWords = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

export const licenceWords = (licence: Link['licence']): string =>
  licence === 'all-rights-reserved' ? 'all rights reserved' : licence.replace(/-(?=\d)/, ' ').replace('CC-BY', 'CC BY');

/** "n = 5, m = 2 · 10 densities × 16 replicas · 10,000 steps of 1,024 samples · seed 1 · trained by fused-wasm" */
function runWords({ spec, engine, weights, amendments }: Link): string {
  const { model, axes, replicas, steps, batch, seed } = spec;
  const cells = axes.map(({ values }) => (values.kind === 'geometric' ? values.count : values.values.length));
  const models = cells.length === 0 ? '1 model' : `${cells.join(' × ')} models`;
  return [
    `n = ${model.n}, m = ${model.m}`,
    `${models} × ${replicas} replicas`,
    `${formatCount(steps)} steps of ${formatCount(batch)} samples`,
    ...(amendments.length === 0 ? [] : [`changed ${amendments.length} times on the way`]),
    `seed ${seed}`,
    `trained by ${engine.name}`,
    ...(weights.instances.length > 0 && weights.instances.length < replicas * cells.reduce((a, b) => a * b, 1)
      ? ['best replicas kept']
      : []),
  ].join(' · ');
}
