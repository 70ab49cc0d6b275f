/** The graphics card of this browser as a trainer. Nothing of it is loaded where there is no WebGPU. */
import { createStandbyTrainer } from '#lib/engine/standby';
import type { Trainer } from '#lib/engine/trainer';

/** Name of a worker that also takes a software adapter, which no test could do without and no reader should wait for. */
export const ANY_ADAPTER = 'any adapter';

export interface Graphics {
  /** Goes on with `standby` when the card is lost in the middle of a run. */
  readonly trainer: Trainer;
  /** The oracle on the same device, and with the same standby: loaded when it is first asked for, by nobody else. */
  readonly loadTfjs: () => Promise<Trainer>;
  /** Resolves when the card is gone, for whatever reason. */
  readonly lost: Promise<unknown>;
}

/** The card, or one sentence why there is none. In a page and in a worker. */
export async function openGraphics(standby: Trainer, allowSoftware: boolean): Promise<Graphics | string> {
  if (!('gpu' in navigator)) return 'This browser has no WebGPU here; it needs https, or localhost.';
  const [{ openDevice }, { createWebgpuTrainer }] = await Promise.all([
    import('#lib/engine/fused/webgpu/adapter'),
    import('#lib/engine/fused/webgpu/trainer'),
  ]);
  const opened = await openDevice(navigator.gpu, { allowSoftware, wait });
  if (typeof opened === 'string') return opened;
  const { device, name } = opened;
  return {
    trainer: createStandbyTrainer(createWebgpuTrainer(device, name), standby),
    loadTfjs: async () => {
      const { loadTfjsWebgpu } = await import('./tfjs-webgpu.ts');
      return createStandbyTrainer(await loadTfjsWebgpu(opened), standby);
    },
    lost: device.lost,
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
