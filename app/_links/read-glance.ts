/** What stands at an address under /links, as the server put it on the request for its page. */
import { headers } from 'next/headers';
import type { Link, LinkId } from '#lib/link/link';
import type { RecapLink } from '#lib/link/recap-link';
import { LINK_HEADER } from '#lib/wire/protocol';

interface Superseded {
  readonly supersededBy: LinkId | null;
}
export type LinkGlance = Superseded & { readonly link: Link };
export type RecapGlance = Superseded & { readonly recap: RecapLink };

/** null: there is no such link. */
export async function readGlance(): Promise<LinkGlance | RecapGlance | null> {
  const encoded = (await headers()).get(LINK_HEADER);
  return encoded === null ? null : (JSON.parse(decodeURIComponent(encoded)) as LinkGlance | RecapGlance);
}
