import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { LinkId } from '#lib/link/link';
import { counted } from '#lib/link/recap';
import { LinkPage } from '../../_links/link-page.tsx';
import { readGlance, type LinkGlance, type RecapGlance } from '../../_links/read-glance.ts';
import { FrozenRecap } from '../../_recap/frozen-recap.tsx';

interface Props {
  readonly params: Promise<{ readonly link: string }>;
}

/** What a chat or a blog shows of an address: the link's words and a picture of its own result. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { link: id } = await params;
  const glance = await readGlance();
  if (glance === null) return { title: 'No such link' };
  const { title, authors } = 'link' in glance ? glance.link : glance.recap;
  const by = authors.length === 0 ? '' : `${authors.join(', ')}. `;
  const description = `${by}${'link' in glance ? resultWords(glance) : recapWords(glance)}`;
  const picture = { url: `${await originAsked()}/links/${id}/picture`, width: 1200, height: 630, alt: title };
  return {
    title,
    description,
    openGraph: { title, description, type: 'article', images: [picture] },
    twitter: { card: 'summary_large_image', title, description, images: [picture.url] },
  };
}

const resultWords = ({ link }: LinkGlance): string =>
  experimentOf(link.experiment)?.question ?? 'A frozen result that anyone can verify.';

const recapWords = ({ recap: { runs, notes } }: RecapGlance): string =>
  `What was tried, in order, and what came of it: ${counted(runs.length, 'run')}, ${counted(notes.length, 'note')}.`;

/** As the reader reached us: whoever unfurls an address comes by the same one. */
async function originAsked(): Promise<string> {
  const asked = await headers();
  const protocol = asked.get('x-forwarded-proto')?.split(',')[0] ?? 'http';
  return `${protocol}://${asked.get('host') ?? 'localhost'}`;
}

export default async function LinkRoute({ params }: Props): Promise<ReactNode> {
  const { link: id } = await params;
  const glance = await readGlance();
  if (glance === null) notFound();
  const { supersededBy } = glance;
  return 'link' in glance ? (
    <LinkPage id={id as LinkId} glance={glance.link} supersededBy={supersededBy} />
  ) : (
    <FrozenRecap id={id as LinkId} recap={glance.recap} supersededBy={supersededBy} />
  );
}
