/** The engines of a server by name: which there are, why one cannot be had, and the one that was asked for. */
import { existsSync } from 'node:fs';
import type { Trainer } from '#lib/engine/trainer';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import type { EngineOffer } from '#lib/runs/events';
import { openDawn } from './dawn.ts';
import { isTensorFlowInstalled } from './tensorflow.ts';
import { isTfjsEngine, loadTfjsTrainer, TFJS_ENGINES } from './tfjs.ts';
import type { NodeTrainers } from './trainers.ts';

export interface NamedTrainers {
  /** Looks for a card first. */
  offers(): Promise<readonly EngineOffer[]>;
  /** Throws where there is none of that name here, and says what to do. */
  trainer(name: string): Promise<Trainer>;
}

const NO_TENSORFLOW = 'TensorFlow is not installed on this server: its operator runs npm run setup:cuda.';

export function createNamedTrainers({ fused, reference }: NodeTrainers, open = openCard): NamedTrainers {
  let card: Promise<Trainer | string> | undefined;
  const graphics = (): Promise<Trainer | string> => (card ??= open());
  const own = (): readonly (Trainer | undefined)[] => [fused.relaxed, fused, reference];

  async function offers(): Promise<readonly EngineOffer[]> {
    const found = await graphics();
    const offer = (name: string, missing: string | null = null): EngineOffer => ({ name, missing });
    return [
      offer('fused-webgpu', typeof found === 'string' ? found : null),
      offer('fused-wasm+relaxed', fused.relaxed === undefined ? 'This server’s Node has no relaxed SIMD.' : null),
      offer(fused.engine.name),
      ...TFJS_ENGINES.map((name) => offer(name, whyNotHere(name))),
      offer(reference.engine.name),
    ];
  }

  async function trainer(name: string): Promise<Trainer> {
    const held = await trainerOf(name);
    if (typeof held === 'string') throw new Error(held);
    return held;
  }

  async function trainerOf(name: string): Promise<Trainer | string> {
    if (name === 'fused-webgpu') return graphics();
    if (isTfjsEngine(name)) return whyNotHere(name) ?? loadTfjsTrainer(name);
    const held = own().find((each) => each?.engine.name === name);
    return held ?? `There is no engine ${name} on this server: choose another in “What trains here”.`;
  }

  return { offers, trainer };
}

const whyNotHere = (name: string): string | null =>
  name.startsWith('tfjs-node') && !isTensorFlowInstalled() ? NO_TENSORFLOW : null;

/** There where a driver has a card. Dawn is not loaded to find out that there is none. */
const CARDS = ['/dev/nvidiactl', '/dev/dri'];

async function openCard(): Promise<Trainer | string> {
  if (!CARDS.some((card) => existsSync(card))) return 'This server has no graphics card.';
  const opened = await openDawn({ allowSoftware: false }).catch((error: unknown) => String(error));
  return typeof opened === 'string' ? opened : createWebgpuTrainer(opened.device, opened.name);
}
