/**
 * Entry of a training process: one run at a time, at low priority, so that the rooms' server answers while every core trains.
 * It ends with its parent, however that ends.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { chooseNamed, chooseTrainer } from '#lib/engine/choose';
import { present } from '#lib/base/assert';
import { createTrainerHost, type SteeredHost } from '#lib/engine/host';
import { rehearse } from '#lib/engine/rehearse';
import { workOfStep } from '#lib/engine/work';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { isLast, type RunEvent } from '#lib/runs/events';
import { withSweepFrames } from '#lib/runs/sweep-frame';
import { isSweep } from '#lib/spec/tiles';
import { breakdownOf } from './breakdown.ts';
import { HEARTBEAT_MS, type FromChild, type ToChild } from './child-protocol.ts';
import { createNamedTrainers } from './named.ts';
import { createNodeTrainers, nextTurn, roomTrainers } from './trainers.ts';
import type { ServerEngine } from './server-engine.ts';

type Run = Extract<ToChild, { type: 'run' }>;

function main(workers: number, wanted: ServerEngine): void {
  // Before the threads are started: they inherit it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  endFirst();
  const processors = createNodeTrainers(workers);
  processors.fused.warm();
  const trainers = roomTrainers(wanted, processors);
  if (trainers.missing !== undefined) process.stderr.write(`${trainers.missing}\n`);
  const named = createNamedTrainers(processors);
  let host: SteeredHost | undefined;
  const clock = { now: () => performance.now(), breathe: nextTurn };
  /** Vector instructions a second of the fastest that was seen here: a rehearsal while others train tells too little. */
  let pace = 0;
  const calibrated = rehearse(processors.fused, clock).then((measured) => (pace = Math.max(pace, measured)));

  async function run({ spec, engine, ...options }: Run): Promise<void> {
    const steered = createTrainerHost({ ...clock, ...options });
    host = steered;
    let last: RunEvent | undefined;
    try {
      await calibrated;
      const { trainer } =
        engine === undefined
          ? chooseTrainer(spec, trainers.all, pace)
          : chooseNamed(spec, await named.trainer(engine), pace);
      // A sweep's pace is a tile's, whose cells are not those of the mean: it tells nothing.
      const work = isSweep(spec) ? 0 : workOfStep(spec);
      for await (const event of withSweepFrames(spec, trainer.train(spec, steered), { norms, superposition })) {
        if (event.type === 'metrics' && engine === undefined) pace = Math.max(pace, event.stepsPerSecond * work);
        if (isLast(event)) last = event;
        else await send({ type: 'event', event });
      }
    } catch (error) {
      last ??= { type: 'failed', step: 0, message: error instanceof Error ? error.message : String(error) };
    }
    const end = present(last, 'the last event of a run');
    // Not the run's fault alone: it goes on from its last checkpoint in a process that has its memory for itself, and opens the card anew.
    const breakdown = end.type === 'failed' ? breakdownOf(end.message) : undefined;
    if (end.type === 'failed' && breakdown !== undefined) {
      // For whoever runs the server: the room is told in words of its own.
      process.stderr.write(`Training broke: ${end.message}\n`);
      process.exit(breakdown);
    }
    await send({ type: 'ended', event: end });
  }

  process.on('message', (message: ToChild) => {
    if (message.type === 'run') void run(message);
    else if (message.type === 'amend') host?.amend(message.change);
    else host?.setTarget(message.target);
  });
  // What most runs are trained on: the relaxed variant takes long ones alone.
  const [first] = trainers.all;
  const usual = first.engine.name === processors.fused.relaxed?.engine.name ? processors.fused : first;
  void send({ type: 'ready', engine: usual.engine });
  if (usual === processors.fused) void calibrated.then((workPerSecond) => send({ type: 'paced', workPerSecond }));
  // To look for a card takes this thread a while, and the rehearsal measures it.
  void calibrated.then(() => named.offers()).then((offers) => send({ type: 'offers', offers }));
  setInterval(() => void send({ type: 'alive' }), HEARTBEAT_MS).unref();
  process.on('disconnect', () => process.exit(0));
  // The parent may have ended while this was being loaded.
  if (!process.connected) process.exit(0);
  // Ctrl-C goes to the whole group of processes; when to end is the server's to say.
  process.on('SIGINT', () => undefined);
}

/** Of 1,000: a process is as likely to be ended as if it held so much more of the memory, in thousandths. */
const WILLING = 500;

/** Where the machine's memory is full, Linux ends this process before the rooms' server: its run goes on in another. */
function endFirst(): void {
  const willingness = '/proc/self/oom_score_adj';
  try {
    if (Number(readFileSync(willingness, 'utf8')) < WILLING) writeFileSync(willingness, String(WILLING));
  } catch {
    // Another system, or one that allows it nobody.
  }
}

/** Resolves when the channel took it: a server that falls behind slows training down and does not fill memory. */
const send = (message: FromChild): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

main(Number(process.argv[2]), process.argv[3] as ServerEngine);
