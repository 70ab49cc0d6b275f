import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import { readSolo } from '#lib/experiments/solo';
import { SoloPage } from '../../_solo/solo-page.tsx';
import { SoloRefused } from '../../_solo/solo-refused.tsx';

interface Props {
  readonly params: Promise<{ readonly experiment: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const known = experimentOf((await params).experiment);
  return known === undefined ? { title: 'No such experiment' } : { title: known.title, description: known.question };
}

/** /solo/introduction?n=6&p2=0.01 */
export default async function SoloRoute({ params, searchParams }: Props): Promise<ReactNode> {
  const [{ experiment }, query] = await Promise.all([params, searchParams]);
  const solo = readSolo(experiment, asPairs(query));
  return solo.ok ? (
    <SoloPage solo={solo.value} />
  ) : (
    <SoloRefused message={solo.error.message} experiment={experiment} />
  );
}

const asPairs = (query: Awaited<Props['searchParams']>): readonly [string, string][] =>
  Object.entries(query).flatMap(([key, value]) => [value ?? []].flat().map((each): [string, string] => [key, each]));
