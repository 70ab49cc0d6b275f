/** `polytope backup`: a copy of everything, also while the server works. */
import path from 'node:path';
import { readConfig } from '../config.ts';
import { databaseIn } from '../data.ts';
import { checkDatabase, copyDatabase } from '../storage/reader.ts';
import { CommandError, EXIT_OK, parseArguments, type Command } from './command.ts';

export const backup: Command = {
  name: 'backup',
  usage: 'backup <file>',
  summary: 'Copies all rooms to a file, also while the server works.',
  help: `  <file>  where to; it must not be there yet

  The rooms of DATA_DIR, as they stood at one moment. The secret beside them, which signs cookies and tickets, is not
  copied: without it everyone is a new person, and owners come back by their keys.`,
  run(args) {
    const file = onlyFile(args);
    inWords(() => {
      copyDatabase(databaseIn(readConfig().dataDir), file);
      checkDatabase(file);
    });
    process.stdout.write(`${file}\n`);
    return EXIT_OK;
  },
};

export function onlyFile(args: readonly string[], options: Parameters<typeof parseArguments>[1] = {}): string {
  const { positionals } = parseArguments(args, options);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new CommandError('Name one file.');
  return path.resolve(file);
}

/** What the database or the folder refuses, as a refusal of the command. */
export function inWords<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
