/** A link's bytes, and the id that they give it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { present } from '#lib/base/assert';
import { idFromBytes } from '#lib/base/id';
import type { Link, LinkId } from './link.ts';
import type { RecapLink } from './recap-link.ts';

/** Canonical JSON (RFC 8785), UTF-8: the same link is the same bytes, whoever writes it. */
export const linkBytes = (link: Link | RecapLink): Uint8Array =>
  utf8ToBytes(present(canonicalize(link), 'canonical JSON'));

export const linkIdOf = (bytes: Uint8Array): LinkId => idFromBytes<'link'>(sha256(bytes));

export const linkId = (link: Link | RecapLink): LinkId => linkIdOf(linkBytes(link));
