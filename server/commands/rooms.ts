/** `polytope rooms`: what rooms there are. Their addresses are keys: this is for the operator's eyes. */
import { LIMITS } from '#lib/wire/limits';
import { readConfig } from '../config.ts';
import { databaseIn } from '../data.ts';
import { listRooms, type RoomLine } from '../storage/reader.ts';
import { inWords } from './backup.ts';
import { EXIT_OK, parseArguments, type Command } from './command.ts';

const DAY_MS = 86_400_000;

export const rooms: Command = {
  name: 'rooms',
  usage: 'rooms [--json]',
  summary: 'All rooms of DATA_DIR: title, size, last use, and when they expire.',
  help: `  --json  { rooms: [{ room, title, bytes, usedAt, expiresAt }] }, times in ms since 1970

  Whoever knows a room's id may open it: do not publish this list.`,
  run(args) {
    const { values } = parseArguments(args, { json: { type: 'boolean' } });
    const lines = inWords(() => listRooms(databaseIn(readConfig().dataDir))).map((line) => ({
      ...line,
      expiresAt: line.usedAt + LIMITS.idleDays * DAY_MS,
    }));
    process.stdout.write(values.json === true ? `${JSON.stringify({ rooms: lines }, null, 2)}\n` : asText(lines));
    return EXIT_OK;
  },
};

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const asText = (lines: readonly (RoomLine & { expiresAt: number })[]): string =>
  lines.length === 0
    ? 'There are no rooms.\n'
    : lines
        .map(({ room, title, bytes, usedAt, expiresAt }) =>
          [room, day(usedAt), `until ${day(expiresAt)}`, `${Math.ceil(bytes / 1_000)} kB`.padStart(10), title].join(
            '  ',
          ),
        )
        .join('\n') + '\n';
