// Where a thread begins: Node 20 does not pass `--import tsx` on to threads, so each registers it for itself.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
