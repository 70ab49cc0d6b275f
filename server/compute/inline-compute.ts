/** Training in the caller's thread: for tests, which want no processes, and small runs. */
import { chooseNamed, chooseTrainer } from '#lib/engine/choose';
import { createTrainerHost } from '#lib/engine/host';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import type { EngineOffer } from '#lib/runs/events';
import { withSweepFrames } from '#lib/runs/sweep-frame';
import type { Compute, ComputeRun } from './compute.ts';
import { createNamedTrainers } from './named.ts';
import { createNodeTrainers, nextTurn } from './trainers.ts';

/** A device of Dawn would be the test's own to close, and would stay with its process. */
const NO_CARD = 'The caller’s thread opens no graphics card.';

export function createInlineCompute(): Compute {
  const trainers = createNodeTrainers(0);
  const named = createNamedTrainers(trainers, () => Promise.resolve(NO_CARD));
  let offers: readonly EngineOffer[] = [];
  let tellOffers: Parameters<Compute['onOffers']>[0] = () => undefined;
  void named.offers().then((found) => {
    offers = found;
    tellOffers(found);
  });
  const runs = new Set<ComputeRun>();

  function start(...[spec, { event: hear }, { engine, ...options } = {}]: Parameters<Compute['start']>): ComputeRun {
    const host = createTrainerHost({
      now: () => performance.now(),
      breathe: nextTurn,
      ...options,
    });
    let killed = false;
    const run: ComputeRun = {
      setTarget: host.setTarget,
      amend: host.amend,
      kill: () => {
        killed = true;
        host.setTarget('stop');
      },
    };
    async function train(): Promise<void> {
      await nextTurn();
      try {
        const { trainer } =
          engine === undefined ? chooseTrainer(spec, trainers.all) : chooseNamed(spec, await named.trainer(engine));
        for await (const event of withSweepFrames(spec, trainer.train(spec, host), { norms, superposition })) {
          if (killed) return;
          hear(event);
        }
      } catch (error) {
        hear({ type: 'failed', step: 0, message: error instanceof Error ? error.message : String(error) });
      }
      runs.delete(run);
    }
    runs.add(run);
    void train();
    return run;
  }

  function close(): Promise<void> {
    for (const run of runs) run.kill();
    return Promise.resolve();
  }

  return {
    engine: trainers.fused.engine,
    pace: null,
    get offers() {
      return offers;
    },
    onOffers(hear) {
      tellOffers = hear;
    },
    slots: Infinity,
    start,
    close,
  };
}
