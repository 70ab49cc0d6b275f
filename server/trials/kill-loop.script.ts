/** `npm run kill-loop [-- kills]`: a hundred unless told otherwise. */
import { killLoop } from './kill-loop.fixture.ts';

const [kills = 100] = process.argv.slice(2).map(Number);
const report = await killLoop(kills, (line) => void process.stdout.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exit(0);
