/**
 * The database's thread. It takes requests as they come and commits those of one moment together: a commit costs an fsync,
 * however much is in it. No request is answered before its commit.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#lib/base/assert';
import { openDatabase, type RoomDatabase } from './database.ts';

export type Calls = Omit<RoomDatabase, 'together' | 'close'>;

export interface Call {
  readonly id: number;
  readonly method: keyof Calls | 'close';
  readonly args: readonly unknown[];
}

export type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** ms: what a commit waits for company; below the time in which a person sees a tick appear */
const GATHER_MS = 10;

const port = present(parentPort, 'the thread that asks');
serve((workerData as { file: string }).file);

function serve(file: string): void {
  const database = openDatabase(file);
  let waiting: Call[] = [];
  let timer: NodeJS.Timeout | undefined;

  const commit = (): void => {
    timer = undefined;
    const calls = waiting;
    waiting = [];
    for (const reply of perform(database, calls)) port.postMessage(reply);
  };

  const close = (id: number): void => {
    clearTimeout(timer);
    commit();
    database.close();
    port.postMessage({ id, value: undefined } satisfies Reply);
    port.close();
  };

  port.on('message', (call: Call) => {
    if (call.method === 'close') {
      close(call.id);
      return;
    }
    waiting.push(call);
    timer ??= setTimeout(commit, GATHER_MS);
  });
}

/** All in one transaction; where one of them fails, each in its own, so that it fails alone. */
function perform(database: RoomDatabase, calls: readonly Call[]): readonly Reply[] {
  try {
    return commitTogether(database, calls);
  } catch {
    return calls.map((call) => commitAlone(database, call));
  }
}

function commitTogether(database: RoomDatabase, calls: readonly Call[]): readonly Reply[] {
  let replies: readonly Reply[] = [];
  database.together(() => {
    replies = calls.map((call) => ({ id: call.id, value: run(database, call) }));
  });
  return replies;
}

function commitAlone(database: RoomDatabase, call: Call): Reply {
  try {
    return present(commitTogether(database, [call])[0], 'a reply');
  } catch (error) {
    return { id: call.id, error: error instanceof Error ? error.message : String(error) };
  }
}

function run(database: RoomDatabase, { method, args }: Call): unknown {
  const calls = database as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  return present(calls[method], method)(...args);
}
