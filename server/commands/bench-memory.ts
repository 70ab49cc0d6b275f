/** What a contender of the benchmark takes in memory, each in a process of its own: in one, nobody could tell whose it is. */
import { execFile, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typescriptArguments } from '../compute/typescript.ts';
import type { TorchTurn } from './torch-peer.ts';

/** MB that training took at most beyond what the process had before; null where it did not come to an end. */
export type Megabytes = number | null;

export function memoryOfEngine(name: string, engine: string, threads: number): Promise<Megabytes> {
  return new Promise((resolve) => {
    const script = fileURLToPath(new URL('./memory-probe.ts', import.meta.url));
    const child = fork(script, [name, engine, String(threads)], {
      execArgv: [...typescriptArguments()],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', ({ bytes }: { bytes: number }) => {
      resolve(bytes / 1e6);
    });
    child.once('error', () => {
      resolve(null);
    });
    child.once('exit', () => {
      resolve(null);
    });
  });
}

export function memoryOfTorch(
  python: string,
  { case: name, loop, threads }: Omit<TorchTurn, 'steps'>,
): Promise<Megabytes> {
  const script = fileURLToPath(new URL('./torch-peer.py', import.meta.url));
  return new Promise((resolve) => {
    execFile(python, [script, 'memory', name, loop, String(threads)], (error, said) => {
      resolve(error === null ? (JSON.parse(said) as { bytes: number }).bytes / 1e6 : null);
    });
  });
}
