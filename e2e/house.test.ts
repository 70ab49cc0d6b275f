/** The walls of the house, and a proof that the tools which hold them looked at every file. */
import type { ICruiseResult } from 'dependency-cruiser';
import { ESLint } from 'eslint';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import ts from 'typescript';

const SOURCE = /^(lib|server|app|e2e)\/.*\.tsx?$/;
const tracked = git('ls-files', '--cached', '--others', '--exclude-standard').filter((file) => SOURCE.test(file));

function git(...args: string[]): string[] {
  return execFileSync('git', args, { encoding: 'utf8' }).trim().split('\n');
}

function filesOf(project: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    project,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  return (config?.fileNames ?? []).map((file) => file.slice(process.cwd().length + 1));
}

/** What dependency-cruiser says of the tree at `root`. */
function cruise(root: string): ICruiseResult {
  const { stdout } = spawnSync(
    'npx',
    ['depcruise', '--config', '--output-type', 'json', 'lib', 'server', 'app', 'e2e'],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    },
  );
  return JSON.parse(stdout) as ICruiseResult;
}

const crossings = (found: ICruiseResult): string[] =>
  found.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);

describe('the boundaries', () => {
  let found: ICruiseResult;

  beforeAll(() => {
    found = cruise('.');
  }, 120_000);

  it('are crossed nowhere', () => {
    expect(crossings(found)).toEqual([]);
  });

  it('were looked for in every source file', () => {
    const seen = found.modules.map((module) => module.source).filter((source) => SOURCE.test(source));
    expect(seen.sort()).toEqual(tracked.toSorted());
  });

  it('are seen when they are crossed', () => {
    const root = mkdtempSync(join(tmpdir(), 'walls-'));
    for (const [file, text] of Object.entries(CROSSED)) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
      copyFileSync(file, join(root, file));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    expect(crossings(cruise(root)).sort()).toEqual([
      'figures-are-pure: app/_figures/strip.tsx → app/_session/session.ts',
      'layer:lib/model: lib/model/tied.ts → lib/spec/spec.ts',
      'layer:server: server/lab.ts → app/_session/session.ts',
      'no-cycles: lib/base/one.ts → lib/base/two.ts',
    ]);
    rmSync(root, { recursive: true });
  }, 60_000);
});

/** A small tree with one crossing of each kind. */
const CROSSED: Readonly<Record<string, string>> = {
  'lib/base/one.ts': `import { two } from './two.ts';\nexport const one = (): number => two();\n`,
  'lib/base/two.ts': `import { one } from './one.ts';\nexport const two = (): number => one();\n`,
  'lib/spec/spec.ts': 'export const spec = 1;\n',
  'lib/model/tied.ts': `import { spec } from '#lib/spec/spec';\nexport const tied = spec;\n`,
  'app/_session/session.ts': 'export const session = 1;\n',
  'app/_figures/strip.tsx': `import { session } from '../_session/session.ts';\nexport const strip = session;\n`,
  'server/lab.ts': `import { session } from '../app/_session/session.ts';\nexport const lab = session;\n`,
  'e2e/room.ts': `import { spec } from '#lib/spec/spec';\nexport const room = spec;\n`,
};

describe('every source file', () => {
  it('is type-checked', () => {
    const checked = new Set(filesOf('tsconfig.json'));
    expect(tracked.filter((file) => !checked.has(file))).toEqual([]);
  });

  it('of lib is checked without DOM and Node, but for tests and the engines that hold WebAssembly, a graphics card or tensors', () => {
    const pure = new Set(filesOf('lib/tsconfig.json'));
    const expected = tracked.filter(
      (file) => file.startsWith('lib/') && !/\.(test|contract)\.ts$|^lib\/engine\/(fused|tfjs)\//.test(file),
    );
    expect(expected.filter((file) => !pure.has(file))).toEqual([]);
  });

  it('is linted', async () => {
    const eslint = new ESLint();
    const ignored = await Promise.all(tracked.map(async (file) => ((await eslint.isPathIgnored(file)) ? file : null)));
    expect(ignored.filter((file) => file !== null)).toEqual([]);
  });
});

it('there is exactly one yjs and one lib0 in the tree', () => {
  const lock = JSON.parse(execFileSync('git', ['show', ':package-lock.json'], { encoding: 'utf8' })) as {
    packages: Record<string, unknown>;
  };
  const copies = Object.keys(lock.packages).filter((path) => /(^|\/)node_modules\/(yjs|lib0)$/.test(path));
  expect(copies.sort()).toEqual(['node_modules/lib0', 'node_modules/yjs']);
});
