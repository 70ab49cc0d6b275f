/** A link as the server put it on the request for its page. */
import { headers } from 'next/headers';
import type { Link, LinkId } from '#lib/link/link';
import { LINK_HEADER } from '#lib/wire/protocol';

export interface LinkGlance {
  readonly link: Link;
  readonly supersededBy: LinkId | null;
}

/** null: there is no such link. */
export async function readGlance(): Promise<LinkGlance | null> {
  const encoded = (await headers()).get(LINK_HEADER);
  return encoded === null ? null : (JSON.parse(decodeURIComponent(encoded)) as LinkGlance);
}
