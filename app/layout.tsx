import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
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

/** Every page is made for its request: the Content-Security-Policy names the request's own nonce. */
export default async function RootLayout({ children }: { readonly children: ReactNode }): Promise<ReactNode> {
  await connection();
  return (
    // A stored theme is put on <html> before React arrives.
    <html lang="en" suppressHydrationWarning>
      <body>{children}</body>
    </html>
  );
}
