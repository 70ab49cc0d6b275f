import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { NONCE_HEADER } from '#lib/wire/protocol';
import { THEME_KEY } from './_session/memory.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Polytope', template: '%s · Polytope' },
  description: 'A live laboratory for toy models of superposition: train them together, in the browser, and watch.',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#FCFBF8' },
    { media: '(prefers-color-scheme: dark)', color: '#121316' },
  ],
};

/** Puts a stored theme on <html> before anything is drawn: without it the page would flash in the system's. */
const SHOW_THEME = `try {
  const theme = JSON.parse(localStorage.getItem('${THEME_KEY}'));
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {}`;

/** Every page is made for its request: the Content-Security-Policy names the request's own nonce. */
export default async function RootLayout({ children }: { readonly children: ReactNode }): Promise<ReactNode> {
  const nonce = (await headers()).get(NONCE_HEADER) ?? '';
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Browsers hide a nonce from scripts: React finds none when it arrives. */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SHOW_THEME }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
