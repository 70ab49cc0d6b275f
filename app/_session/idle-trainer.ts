/** For a page that trains nothing: no worker is started, and whoever asks anyway is told. */
import type { RemoteTrainer } from '#lib/engine/remote';
import type { RunEvent } from '#lib/runs/events';

export const idleTrainer = (): RemoteTrainer => ({
  engine: { name: '', device: '' },
  refuses: () => 'This page trains nothing.',
  async *train(): AsyncGenerator<RunEvent> {
    yield await Promise.resolve({ type: 'failed', step: 0, message: 'This page trains nothing.' } as const);
  },
  onIntroduction: () => undefined,
  prefer: () => undefined,
  close: () => undefined,
});
