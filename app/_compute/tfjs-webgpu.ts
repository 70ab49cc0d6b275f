/** tfjs on the graphics device that the fused engine trains on: the one file here that touches its WebGPU backend, loaded when it is asked for by name. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { OpenedDevice } from '#lib/engine/fused/webgpu/adapter';
import { createTfjsWebgpuTrainer } from '#lib/engine/tfjs/webgpu';
import type { Trainer } from '#lib/engine/trainer';

export function loadTfjsWebgpu(opened: OpenedDevice): Promise<Trainer> {
  // Else it advertises another package, and checks every number.
  tf.enableProdMode();
  return createTfjsWebgpuTrainer({ tf, opened, createBackend: (device, info) => new WebGPUBackend(device, info) });
}
