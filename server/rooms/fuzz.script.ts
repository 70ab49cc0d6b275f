/** `npm run fuzz [-- seeds [first]]`: as long as one likes. Prints the seeds that fail, and exits 1 where there are any. */
import { fuzz } from './fuzz.fixture.ts';

const [seeds = 5_000, first = 0] = process.argv.slice(2).map(Number);
const failed: number[] = [];
for (let seed = first; seed < first + seeds; seed++)
  await fuzz(seed).catch((error: unknown) => {
    failed.push(seed);
    process.stdout.write(`seed ${seed}: ${String(error)}\n`);
  });
process.stdout.write(`${seeds} seeds from ${first}: ${failed.length} failed.\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
