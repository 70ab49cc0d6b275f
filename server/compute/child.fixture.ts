/** A training process with a card: a run of seed 1 loses it; any other begins, and tells the process by its id in place of a device. */
import { CARD_LOST } from './breakdown.ts';
import type { FromChild, ToChild } from './child-protocol.ts';

const send = (message: FromChild): void => void process.send?.(message);
const engine = { name: 'fused-webgpu', device: String(process.pid) };

process.on('message', (message: ToChild) => {
  if (message.type !== 'run') return;
  if (message.spec.seed === 1) process.exit(CARD_LOST);
  send({ type: 'event', event: { type: 'started', engine } });
});
process.on('disconnect', () => process.exit(0));
send({ type: 'ready', engine });
