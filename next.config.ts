import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  // Hot reload at this name of the machine too: Next knows only `localhost` by itself.
  allowedDevOrigins: ['127.0.0.1'],
  reactStrictMode: true,
  // Pages are rendered in the server's own process: a second copy of yjs there would break its constructor checks.
  serverExternalPackages: ['yjs', 'lib0', 'y-protocols', 'y-websocket'],
  // `npm run check` holds the types; a build that checks again costs a class its first minute.
  typescript: { ignoreBuildErrors: true },
};

export default config;
