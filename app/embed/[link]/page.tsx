import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import type { LinkId } from '#lib/link/link';
import { EmbedPage } from '../../_links/embed-page.tsx';
import { readOptions, readTheme } from '../../_links/options.ts';
import { readGlance } from '../../_links/read-glance.ts';

interface Props {
  readonly params: Promise<{ readonly link: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export const metadata = { title: 'A link', robots: { index: false } };

/** /embed/<id>?figure=directions&scrubber=off&density=off&notes=off&cell=7&theme=dark */
export default async function EmbedRoute({ params, searchParams }: Props): Promise<ReactNode> {
  const [{ link: id }, query, glance] = await Promise.all([params, searchParams, readGlance()]);
  if (glance === null || !('link' in glance)) notFound();
  return <EmbedPage id={id as LinkId} glance={glance.link} options={readOptions(query)} theme={readTheme(query)} />;
}
