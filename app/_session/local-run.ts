/** A run trained in this tab: the trainer, how far it may go, and where its events go. */
import type { SteeredHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import type { RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';

export type LocalRun = Pick<SteeredHost, 'setTarget' | 'amend'>;

/** Trains `spec` and hands every event to `onEvent`, in order, until the run ends. */
export function startLocalRun(
  trainer: Trainer,
  host: SteeredHost,
  spec: RunSpec,
  onEvent: (event: RunEvent) => void,
): LocalRun {
  const train = async (): Promise<void> => {
    for await (const event of trainer.train(spec, host)) onEvent(event);
  };
  train().catch((error: unknown) => {
    onEvent({ type: 'failed', step: 0, message: error instanceof Error ? error.message : String(error) });
  });
  return { setTarget: host.setTarget, amend: host.amend };
}
