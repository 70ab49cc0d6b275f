/** PyTorch on the processor as a contender: `torch-peer.py serve`, asked for one turn after the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const TORCH_LOOPS = ['notebook', 'bmm'] as const;

export interface TorchTurn {
  readonly case: string;
  readonly loop: (typeof TORCH_LOOPS)[number];
  readonly threads: number;
  readonly steps: number;
}

/** What a turn took, ms: of the clock, and of all processors together. */
export interface Took {
  readonly ms: number;
  readonly cpu: number;
}

export interface TorchPeer {
  readonly version: string;
  readonly python: string;
  readonly train: (turn: TorchTurn) => Promise<Took>;
  readonly close: () => void;
}

/** Starts it, or says in one sentence why it cannot be had. */
export async function openTorchPeer(python: string): Promise<TorchPeer | string> {
  const script = fileURLToPath(new URL('./torch-peer.py', import.meta.url));
  const child = spawn(python, [script, 'serve'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const gone = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', () => resolve(complaint.trim().split('\n').at(-1) ?? 'it ended'));
  });

  async function answer<T>(): Promise<T | string> {
    const line = await Promise.race([lines.next(), gone]);
    if (typeof line === 'string') return line;
    return line.done === true ? gone : (JSON.parse(line.value) as T);
  }

  const greeting = await answer<{ readonly torch: string }>();
  if (typeof greeting === 'string') return `PyTorch is left out: ${python} says "${greeting}".`;
  return {
    version: greeting.torch,
    python,
    train: async (turn) => {
      if (!child.stdin.write(`${JSON.stringify(turn)}\n`)) await once(child.stdin, 'drain');
      const answered = await answer<Took>();
      if (typeof answered === 'string') throw new Error(`PyTorch ended: ${answered}`);
      return answered;
    },
    close: () => child.kill(),
  };
}
