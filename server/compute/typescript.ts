/** Threads and processes run TypeScript as the server itself does: through tsx. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Node's arguments for a process. By address: a bare `tsx` would be looked for from the working directory. */
export const typescriptArguments = (): readonly string[] => [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
];

/**
 * Entry of a thread that runs the TypeScript module at `url`. `--import tsx`, inherited or given, does nothing in a thread of
 * Node 20 (tsx 4.23): it has to be registered from within.
 */
export function typescriptThread(url: URL): URL {
  const [tsx, entry] = [import.meta.resolve('tsx/esm/api'), url.href].map((address) => JSON.stringify(address));
  const code = `import { register } from ${tsx}; register(); await import(${entry});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
