/** `npm run check:code`: what reads the code without running it, on two cores, and each one's words in one piece. */
import { spawn } from 'node:child_process';

/** Lint takes as long as all the others. */
const SIDE_BY_SIDE = [['lint'], ['types', 'format', 'unused']] as const;

/** npm's script `check:<name>`, to its end. */
function passes(name: string): Promise<boolean> {
  const child = spawn(`npm run -s check:${name}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const words: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (some: Buffer) => words.push(some));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(words));
      if (code !== 0) console.error(`check:${name} failed.`);
      resolve(code === 0);
    });
  });
}

/** All of them, whatever one finds: who mends wants to know everything. */
async function inOrder(names: readonly string[]): Promise<boolean> {
  let isGood = true;
  for (const name of names) isGood = (await passes(name)) && isGood;
  return isGood;
}

const outcomes = await Promise.all(SIDE_BY_SIDE.map(inOrder));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
