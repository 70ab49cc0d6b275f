/** Entry of a worker that trains a share of a run's instances. */
import { serveSlices } from '#lib/engine/fused/protocol';
import { ownPort } from './web-worker-port.ts';

serveSlices(ownPort);
