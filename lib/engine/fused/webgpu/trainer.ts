/** The fused engine on a WebGPU device: a browser's, or that of Dawn in Node. Same data, same arithmetic, other order of sums. */
import type { EngineName } from '#lib/runs/events';
import { trainingLoop } from '../../loop.ts';
import type { Trainer } from '../../trainer.ts';
import { createCompiled } from './gpu.ts';
import type { Tuning } from './steps.ts';
import { openWebgpuStepper } from './stepper.ts';

/** Trains on `device`, which stays its owner's; `name` says what it is, for people. */
export function createWebgpuTrainer(device: GPUDevice, name: string, tuning: Tuning = {}): Trainer {
  const engine = webgpuEngine(name);
  const compiled = createCompiled(device);
  return {
    engine,
    refuses: () => undefined,
    train: (spec, host) =>
      trainingLoop(spec, host, engine, (present, step, state) =>
        openWebgpuStepper(device, compiled, present, step, state, tuning),
      ),
  };
}

const webgpuEngine = (name: string): EngineName => ({ name: 'fused-webgpu', device: `${name} · WebGPU` });
