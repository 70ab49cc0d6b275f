/** What a chat shows of a link's address: a picture of its own result, drawn of the same measures and places as the page's figures. */
import { ImageResponse } from 'next/og';
import { readGlance } from '../../../_links/read-glance.ts';
import { pictureOf, PICTURE_SIZE, recapPictureOf } from '../../../_links/picture.tsx';

export async function GET(): Promise<Response> {
  const glance = await readGlance();
  if (glance === null) return new Response('There is no such link.', { status: 404 });
  // It never changes; it may be deleted.
  const headers = { 'Cache-Control': 'public, max-age=3600' };
  return new ImageResponse('link' in glance ? pictureOf(glance.link) : recapPictureOf(glance.recap), {
    ...PICTURE_SIZE,
    headers,
  });
}
