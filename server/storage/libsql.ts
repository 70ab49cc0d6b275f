/** Storage in one SQLite file: libsql, in a thread of its own. What a promise resolved to, a power cut does not take back. */
import { Worker } from 'node:worker_threads';
import { present } from '#lib/base/assert';
import type { Storage } from './storage.ts';
import type { Call, Calls, Reply } from './worker.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Rejects with a sentence for the operator where the file cannot be used. */
export async function openLibsqlStorage(file: string): Promise<Storage> {
  const worker = startWorker(new URL('./worker.ts', import.meta.url), { file });
  const waiting = new Map<number, Waiting>();
  let calls = 0;

  function call<T>(method: Call['method'], ...args: readonly unknown[]): Promise<T> {
    const id = ++calls;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, method, args } satisfies Call);
    });
  }

  worker.on('message', (reply: Reply) => {
    const { resolve, reject } = present(waiting.get(reply.id), 'the call of this reply');
    waiting.delete(reply.id);
    if ('error' in reply) reject(new Error(reply.error));
    else resolve(reply.value as never);
  });
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', failAll);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      failAll(new Error('The database’s thread has ended.'));
      resolve();
    });
  });

  const ask =
    <M extends keyof Calls>(method: M) =>
    (...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> =>
      call(method, ...args);

  // The first answer says that the file could be opened.
  const loadRoom = ask('loadRoom');
  await loadRoom('' as never);
  return {
    createRoom: ask('createRoom'),
    loadRoom,
    append: ask('append'),
    compact: ask('compact'),
    renew: ask('renew'),
    saveAccess: ask('saveAccess'),
    deleteRoom: ask('deleteRoom'),
    saveRun: ask('saveRun'),
    listRuns: ask('listRuns'),
    loadRun: ask('loadRun'),
    remarkRun: ask('remarkRun'),
    deleteRun: ask('deleteRun'),
    roomsTrainedHere: ask('roomsTrainedHere'),
    markUsed: ask('markUsed'),
    forgiveAbsence: ask('forgiveAbsence'),
    roomsIdleSince: ask('roomsIdleSince'),
    saveLink: ask('saveLink'),
    loadLink: ask('loadLink'),
    listLinks: ask('listLinks'),
    supersedeLink: ask('supersedeLink'),
    deleteLink: ask('deleteLink'),
    // libsql keeps its hold of the file until the statements have gone too, and they go with the thread.
    close: () => call<undefined>('close').then(() => ended),
  };
}

const startWorker = (module: URL, data: object): Worker =>
  new Worker(new URL('../typescript-thread.mjs', import.meta.url), { workerData: { ...data, module: module.href } });
