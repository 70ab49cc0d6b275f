/** The command line: `npm run -s polytope -- <command> …`. Results on standard output, everything else on standard error. */
import { backup } from './backup.ts';
import { bench } from './bench.ts';
import { claims } from './claims.ts';
import { CommandError, EXIT_OK, EXIT_USAGE, type Command } from './command.ts';
import { gpu } from './gpu.ts';
import { list } from './list.ts';
import { restore } from './restore.ts';
import { rooms } from './rooms.ts';
import { run } from './run.ts';
import { setupCuda } from './setup-cuda.ts';

const COMMANDS: readonly Command[] = [list, run, claims, bench, gpu, rooms, backup, restore, setupCuda];

const HELP = `polytope: toy models of superposition, from the command line

${COMMANDS.map(({ usage, summary }) => `  polytope ${usage}\n      ${summary}`).join('\n')}

  polytope <command> --help says what a command takes.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? EXIT_USAGE : EXIT_OK;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined)
    throw new CommandError(`There is no command ${name}; there are ${COMMANDS.map((each) => each.name).join(', ')}.`);
  if (args.includes('--help')) {
    process.stdout.write(`polytope ${command.usage}\n\n${command.help}\n`);
    return EXIT_OK;
  }
  return command.run(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
