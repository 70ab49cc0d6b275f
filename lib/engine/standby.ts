/**
 * A trainer with another in reserve: when the first fails in the middle of a run (a graphics device is taken away, its memory is
 * full), the second goes on from the last checkpoint, and says so.
 */
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import type { Trainer } from './trainer.ts';

export function createStandbyTrainer(first: Trainer, second: Trainer): Trainer {
  return {
    engine: first.engine,
    refuses: (spec) => first.refuses(spec),
    async *train(spec, host) {
      let checkpoint: Checkpoint | undefined = host.from;
      const amendments = [...(host.amendments ?? [])];
      let [reached, kept] = [-1, -1];
      const isNewlyKept = (event: RunEvent): boolean =>
        event.type === 'frame' && event.frame.kept && event.frame.step === reached && kept < reached;
      let failure: Extract<RunEvent, { type: 'failed' }> | undefined;
      for await (const event of first.train(spec, host)) {
        if (event.type === 'failed' && second.refuses(spec) === undefined) {
          failure = event;
          break;
        }
        if (event.type === 'checkpoint') checkpoint = event.checkpoint;
        if (event.type === 'amended') amendments.push({ step: event.step, change: event.change });
        reached = Math.max(reached, shownStep(event) ?? reached);
        if (event.type === 'frame' && event.frame.kept) kept = event.frame.step;
        yield event;
      }
      if (failure === undefined) return;
      const from = checkpoint === undefined ? {} : { from: checkpoint };
      for await (const event of second.train(spec, { ...host, ...from, amendments })) {
        if (event.type === 'started')
          yield { ...event, engine: { ...event.engine, revision: null, device: inWords(event, failure) } };
        // What was shown of these steps stays; the second's differ in the last bits alone. A kept frame may be the first of its step.
        else if ((shownStep(event) ?? Infinity) > reached || isNewlyKept(event)) yield event;
      }
    },
  };
}

/** The step of an event that draws something. */
function shownStep(event: RunEvent): number | undefined {
  if (event.type === 'frame') return event.frame.step;
  return event.type === 'metrics' ? event.step : undefined;
}

/** Characters that a device's words may have on the wire. */
const MOST_WORDS = 200;

const inWords = (
  { engine }: Extract<RunEvent, { type: 'started' }>,
  { step, message }: Extract<RunEvent, { type: 'failed' }>,
): string => `${engine.device}, since step ${step}: ${message}`.slice(0, MOST_WORDS);
