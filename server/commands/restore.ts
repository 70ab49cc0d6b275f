/** `polytope restore`: the rooms of a backup in the place of those that are there. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { readConfig } from '../config.ts';
import { claimData, databaseIn } from '../data.ts';
import { checkDatabase, copyDatabase } from '../storage/reader.ts';
import { inWords, onlyFile } from './backup.ts';
import { CommandError, EXIT_OK, parseArguments, type Command } from './command.ts';

const OPTIONS = { force: { type: 'boolean' } } as const;

export const restore: Command = {
  name: 'restore',
  usage: 'restore <file> [--force]',
  summary: 'Puts the rooms of a backup into DATA_DIR, while no server uses it.',
  help: `  <file>   a file that \`polytope backup\` made
  --force  also where there are rooms already: their database is renamed, not removed

  Pages that are open keep what people wrote after the backup was made, and bring it back when they reconnect.`,
  run(args) {
    const file = onlyFile(args, OPTIONS);
    const { values } = parseArguments(args, OPTIONS);
    const { dataDir } = readConfig();
    const letGo = inWords(() => claimData(dataDir));
    try {
      const database = databaseIn(dataDir);
      if (existsSync(database) && values.force !== true)
        throw new CommandError(`There are rooms in ${database} already: with --force they are put aside.`);
      const incoming = `${database}.incoming`;
      inWords(() => {
        checkDatabase(file);
        rmSync(incoming, { force: true });
        copyDatabase(file, incoming);
      });
      // Whatever failed so far has changed nothing.
      const replaced = putAside(database);
      renameSync(incoming, database);
      process.stdout.write(`${database}\n`);
      if (replaced !== undefined) process.stderr.write(`What was there before is in ${replaced}.\n`);
    } finally {
      letGo();
    }
    return EXIT_OK;
  },
};

/** Renames what is there, with its log; → its new name, or undefined where there was nothing. */
function putAside(database: string): string | undefined {
  if (!existsSync(database)) return undefined;
  const aside = `${database}.before-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(database + suffix)) renameSync(database + suffix, aside + suffix);
  return aside;
}
