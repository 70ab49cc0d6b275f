/** tfjs on a device of Dawn: the one file here that touches its WebGPU backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { OpenedDevice } from '#lib/engine/fused/webgpu/adapter';
import { createTfjsWebgpuTrainer } from '#lib/engine/tfjs/webgpu';
import type { Trainer } from '#lib/engine/trainer';
import { exposeDawn } from './dawn.ts';

export async function openTfjsWebgpu(opened: OpenedDevice): Promise<Trainer> {
  await exposeDawn();
  // Else it advertises another package, and checks every number.
  tf.enableProdMode();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  return createTfjsWebgpuTrainer({ tf, opened, createBackend: (device, info) => new WebGPUBackend(device, info) });
}
