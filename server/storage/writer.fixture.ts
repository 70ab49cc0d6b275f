/** A process that writes updates as fast as it can and prints each one that was acknowledged, until it is killed. */
import type { RoomId } from '#lib/base/id';
import { newAccess } from '#lib/room/access';
import { openLibsqlStorage } from './libsql.ts';

const [file = '', room = ''] = process.argv.slice(2);
const storage = await openLibsqlStorage(file);
if ((await storage.loadRoom(room as RoomId)) === undefined)
  await storage.createRoom(room as RoomId, Uint8Array.of(0), newAccess(null));

const write = async (writer: number): Promise<never> => {
  for (let i = 0; ; i++) {
    const update = Uint8Array.of(process.pid & 255, writer, i >> 8, i & 255);
    await storage.append(room as RoomId, 'lab', update);
    process.stdout.write(`${update.join()}\n`);
  }
};
await Promise.all([write(1), write(2), write(3)]);
