import type { ReactNode } from 'react';
import { OwnLinks } from '../_links/own-links.tsx';

export const metadata = { title: 'Your links' };

export default function OwnLinksRoute(): ReactNode {
  return <OwnLinks />;
}
