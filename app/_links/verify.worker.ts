/** Entry of the worker that trains a link's run once more. It asks the network for nothing. */
import { createFusedSlice } from '#lib/engine/fused/choose-slice';
import { fusedEngine } from '#lib/engine/fused/engine-name';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Link } from '#lib/link/link';
import type { OpenSlice } from '#lib/link/retrain';
import { verifySweep } from '#lib/link/verify-sweep';
import { chooseVerifier, isSameEngine, verifyLink, verifyShown, type Verdict } from '#lib/link/verify';
import { nextTask } from '../_compute/next-task.ts';
import type { Scope, VerifyReply, VerifyRequest } from './verifying.ts';

const post = (reply: VerifyReply): void => postMessage(reply);
let told = 0;
/** A sweep's thousand cells reach the same step many times. */
const progress = (step: number): void => {
  if (step === told) return;
  told = step;
  post({ type: 'step', step });
};

const clock = { now: () => performance.now(), breathe: nextTask };
const ALONE = fusedEngine(0);

function verify(link: Link, scope: Scope): Promise<Verdict> {
  if (typeof scope === 'object') return verifySweep(link, scope, ALONE, openPortable, clock, progress);
  const canBits = isSameEngine(link, ALONE) && link.engine.handOvers === 0;
  if (scope === 'shown' && canBits) return verifyShown(link, ALONE, openPortable, clock, progress);
  const fused = createFusedTrainer({ workers: 0, spawn: noWorker });
  const trainer = chooseVerifier(link, [fused, createReferenceTrainer()]);
  return verifyLink(link, trainer, createTrainerHost(clock), progress);
}

/** Never with fused multiply-adds: their bits are a machine's own. */
const openPortable: OpenSlice = (options) => createFusedSlice({ ...options, relaxed: false });

const noWorker = (): never => {
  throw new Error('It trains in this thread.');
};

addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
  verify(data.link, data.scope).then(
    (verdict) => {
      post({ type: 'verdict', verdict });
    },
    (error: unknown) => {
      post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    },
  );
});
