/**
 * `polytope setup:cuda`: TensorFlow for this server. The package's own download knows no current graphics card; its binding builds
 * against the libraries of any TensorFlow that pip installs, with CUDA 12 or for the processor alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadTensorFlow, TENSORFLOW_FOLDER, TENSORFLOW_PACKAGE, TENSORFLOW_VERSION } from '../compute/tensorflow.ts';
import { CommandError, EXIT_OK, parseArguments, type Command } from './command.ts';

export const setupCuda: Command = {
  name: 'setup:cuda',
  usage: 'setup:cuda [--tensorflow PATH] [--remove]',
  summary: 'Builds the engine tfjs-node against a TensorFlow that pip installed, for a graphics card or the processor.',
  help: `  --tensorflow PATH  the folder tensorflow of an installed or unpacked wheel; without it, python3 is asked
  --remove           takes everything away that this command has put there

  Everything goes into .tensorflow beside the sources; nothing else is touched, and npm ci leaves it alone. It needs Linux, a C++
  compiler, make and python3.`,
  run(args) {
    const { values } = parseArguments(args, {
      tensorflow: { type: 'string' },
      remove: { type: 'boolean', default: false },
    });
    if (values.remove) return remove();
    if (process.platform !== 'linux')
      throw new CommandError(`TensorFlow’s libraries are to be had for Linux; this is ${process.platform}.`);
    const tensorflow = findTensorFlow(values.tensorflow);
    requireTools();
    try {
      installPackage();
      build(tensorflow);
    } catch (error) {
      // Half of it would be worse than none.
      rmSync(TENSORFLOW_FOLDER, { recursive: true, force: true });
      throw error;
    }
    return verify(tensorflow);
  },
};

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

function remove(): number {
  const was = existsSync(TENSORFLOW_FOLDER);
  rmSync(TENSORFLOW_FOLDER, { recursive: true, force: true });
  say(was ? `Removed ${TENSORFLOW_FOLDER}.` : 'There is nothing to remove.');
  return EXIT_OK;
}

const HOW_TO_INSTALL =
  'Install one with python3 -m pip install "tensorflow[and-cuda]" (graphics card) or tensorflow-cpu, or name it by --tensorflow PATH.';
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** The folder `tensorflow` of a wheel, checked for what the build needs. */
function findTensorFlow(given: string | undefined): string {
  const folder = given === undefined ? askPython() : path.resolve(given);
  for (const part of [...LIBRARIES, 'include/tensorflow/c/c_api.h'])
    if (!existsSync(path.join(folder, part)))
      throw new CommandError(`${folder} has no ${part}, so it is no TensorFlow for Linux. ${HOW_TO_INSTALL}`);
  say(`Found TensorFlow in ${folder}.`);
  return folder;
}

function askPython(): string {
  // Without importing it, which takes seconds and may fail for other reasons.
  const code =
    "import importlib.util as u; s = u.find_spec('tensorflow'); print(s.submodule_search_locations[0] if s else '')";
  const folder = ask('python3', ['-c', code]);
  if (folder === undefined) throw new CommandError(`There is no python3 that answers. ${HOW_TO_INSTALL}`);
  if (folder === '') throw new CommandError(`python3 finds no TensorFlow. ${HOW_TO_INSTALL}`);
  return folder;
}

/** What a program prints; undefined: it fails, or is not there. */
function ask(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function requireTools(): void {
  const missing = ['c++', 'make', 'python3'].filter((tool) => ask(tool, ['--version']) === undefined);
  if (missing.length > 0)
    throw new CommandError(`${missing.join(' and ')} missing: apt-get install build-essential python3.`);
}

function installPackage(): void {
  say(`Installing ${TENSORFLOW_PACKAGE} ${TENSORFLOW_VERSION}, without its download …`);
  rmSync(TENSORFLOW_FOLDER, { recursive: true, force: true });
  mkdirSync(TENSORFLOW_FOLDER);
  const dependencies = { [TENSORFLOW_PACKAGE]: TENSORFLOW_VERSION };
  writeFileSync(path.join(TENSORFLOW_FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies }));
  execute('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], TENSORFLOW_FOLDER);
}

function build(tensorflow: string): void {
  say('Building its binding …');
  const folder = path.join(TENSORFLOW_FOLDER, 'node_modules', TENSORFLOW_PACKAGE);
  const libraries = path.join(folder, 'deps', 'lib');
  mkdirSync(libraries, { recursive: true });
  symlinkSync(path.join(tensorflow, 'include'), path.join(folder, 'deps', 'include'));
  // For the linker, and under their own names for the loader.
  for (const [library, short] of [
    [LIBRARIES[0], 'libtensorflow.so'],
    [LIBRARIES[1], 'libtensorflow_framework.so'],
  ] as const)
    for (const name of [library, short]) symlinkSync(path.join(tensorflow, library), path.join(libraries, name));
  const prefix = path.dirname(path.dirname(process.execPath));
  const headers = existsSync(path.join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const target = `--module_path=${path.join(folder, 'lib/napi-v8')}`;
  const [gyp, ...before] = nodeGyp();
  const options = ['rebuild', ...headers, '--napi_build_version=8', '--module_name=tfjs_binding', target];
  execute(gyp, [...before, ...options], folder);
}

/** npm brings its own. */
function nodeGyp(): readonly [string, ...string[]] {
  const root = ask('npm', ['root', '-g']) ?? '';
  const own = path.join(root, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  return existsSync(own) ? [process.execPath, own] : ['npx', '-y', 'node-gyp@11'];
}

function execute(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  // Where it could not be started there is no output at all.
  const words = (error?.message ?? `${stdout}${stderr}`).trim().split('\n').slice(-15).join('\n');
  throw new CommandError(`${command} ${args.slice(0, 2).join(' ')} failed:\n${words}`);
}

function verify(tensorflow: string): number {
  const loaded = loadTensorFlow();
  if (typeof loaded === 'string') throw new CommandError(loaded);
  const { device } = loaded.trainer.engine;
  say(`The engine tfjs-node is ready: ${device}. Try npm run -s polytope -- run introduction --engine tfjs-node.`);
  const hasCard = ask('nvidia-smi', ['-L']) !== undefined;
  if (hasCard && device.startsWith('CPU')) say(`It does not use the graphics card. ${whyNoCard(tensorflow)}`);
  return EXIT_OK;
}

/** TensorFlow looks for CUDA’s libraries by name; pip puts them where no loader looks. */
function whyNoCard(tensorflow: string): string {
  const nvidia = path.join(tensorflow, '..', 'nvidia');
  if (!existsSync(nvidia)) return 'Install tensorflow[and-cuda] in place of the CPU build, and run this again.';
  const folders = readdirSync(nvidia).map((name) => path.join(nvidia, name, 'lib'));
  return `Start the server with LD_LIBRARY_PATH=${folders.filter((folder) => existsSync(folder)).join(':')}`;
}
