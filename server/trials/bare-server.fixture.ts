/** Entry of a process: the whole server but its pages, on `port`, with its data in `folder`. To be killed. */
import path from 'node:path';
import { createComputeProcess } from '../compute/compute-process.ts';
import { createLab } from '../lab.ts';
import { createLog } from '../log.ts';
import { openLibsqlStorage } from '../storage/libsql.ts';

const [port = '0', folder = '.'] = process.argv.slice(2);
const storage = await openLibsqlStorage(path.join(folder, 'lab.db'));
const lab = createLab(
  { port: Number(port), host: '127.0.0.1', publicOrigins: [], trustProxy: false, secret: new Uint8Array(32) },
  {
    storage,
    compute: createComputeProcess({ workers: 1 }),
    log: createLog('fatal'),
    release: { version: '0.0.0', commit: 'trial' },
  },
);
await lab.listen();
process.send?.('ready');
