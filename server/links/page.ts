/** A link as one HTML file. The program in it is made once, of the same sources as the pages, when somebody first asks. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { present } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import type { Link } from '#lib/link/link';
import type { StoredLink } from '../storage/storage.ts';

const SOURCES = fileURLToPath(new URL('../../app/_links/', import.meta.url));

/** bytes: it goes into an archive, a thesis, a blog's repository. A large link, whose own bytes are as many, is told so. */
const PAGE_BYTES = 8_000_000;

interface Program {
  readonly script: string;
  readonly style: string;
  readonly verifier: string;
}

/** What is the same for every link; made when it is first asked for, and again where that failed. */
export function createPageMaker(): (link: Link, stored: StoredLink, origin: string) => Promise<Result<Uint8Array>> {
  let program: Promise<Program> | undefined;
  return async (link, { id }, origin) => {
    program ??= makeProgram();
    const made = await program.catch((error: unknown) => {
      program = undefined;
      throw error;
    });
    const saved = { id, address: `${origin}/links/${id}`, link };
    const bytes = new TextEncoder().encode(pageOf(made, saved, link.title));
    return bytes.length > PAGE_BYTES
      ? refuse('limit', 'This link is too large for one HTML file: keep its JSON instead.')
      : ok(bytes);
  };
}

async function makeProgram(): Promise<Program> {
  const [page, verifier] = await Promise.all([bundle('standalone.tsx'), bundle('verify.worker.ts')]);
  return { script: present(page.js, 'a script'), style: page.css ?? '', verifier: present(verifier.js, 'a verifier') };
}

const COMMON: BuildOptions = {
  bundle: true,
  write: false,
  outdir: SOURCES,
  format: 'iife',
  platform: 'browser',
  target: 'es2023',
  jsx: 'automatic',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  loader: { '.woff2': 'dataurl' },
  define: { 'process.env.NODE_ENV': '"production"' },
};

async function bundle(entry: string): Promise<{ readonly js?: string; readonly css?: string }> {
  const { outputFiles = [] } = await build({
    ...COMMON,
    entryPoints: [path.join(SOURCES, entry)],
    plugins: [withoutMathematics],
  });
  return Object.fromEntries(outputFiles.map((file) => [path.extname(file.path).slice(1), file.text]));
}

/** KaTeX and its fonts are as large as all the rest: formulae stand as they were typed. */
const withoutMathematics: Plugin = {
  name: 'without-mathematics',
  setup(builder) {
    builder.onLoad({ filter: /math-markdown\.tsx$/ }, () => ({
      contents: `export { Markdown as MathMarkdown } from './markdown.tsx';`,
      loader: 'tsx',
      resolveDir: path.join(SOURCES, '../_annotations'),
    }));
  },
};

/** Nothing is fetched, whatever is in it: the file's own policy says so. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:`,
  `style-src 'unsafe-inline'`,
  `img-src data: blob:`,
  `font-src data:`,
  `worker-src blob:`,
].join('; ');

/** Ends no script early: within strings `\u003c` is `<`, and in a program `</script` occurs in strings only. */
const dataIn = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
const programIn = (source: string): string => source.replaceAll(/<\/(script|style)/gi, '<\\/$1');
const textIn = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const pageOf = ({ script, style, verifier }: Program, saved: object, title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${textIn(title)}</title>
<style>${programIn(style)}</style>
</head>
<body>
<div id="root"></div>
<script type="application/json" id="saved">${dataIn(saved)}</script>
<script type="text/plain" id="verifier">${programIn(verifier)}</script>
<script>${programIn(script)}</script>
</body>
</html>
`;
