/** The run that this tab trains, if it trains one: drawn from the trainer directly, published to the room, steered by the server. */
import type { RunId } from '#lib/base/id';
import { ok, type Result } from '#lib/base/result';
import type { SteeredHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import { CHECKPOINT, decodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint } from '#lib/runs/events';
import { createAssembly } from '#lib/runs/parts';
import { isActive, type RunRecord } from '#lib/runs/record';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { ContinueReply, RunSnapshot, StartReply } from '#lib/wire/protocol';
import { ask, LOST, type RoomSocket } from './connection.ts';
import { startLocalRun, type LocalRun } from './local-run.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import type { RunFeed } from './run-feed.ts';

export interface OwnTraining {
  /** What a join says of it, so that it goes on after a reconnect. */
  holds(): { readonly run: RunId; readonly lease: number } | undefined;
  /** A refusal where the weights that it begins with did not arrive. */
  begin(reply: StartReply): Promise<Result<null>>;
  /** Goes on with another's run; a refusal where its checkpoint did not arrive. */
  goOn(reply: ContinueReply): Promise<Result<null>>;
  /** Joined, again perhaps: the server says what it knows of the room's run. */
  joined(snapshot: RunSnapshot | null): void;
  /** The room's run, as told by the server. */
  heard(record: RunRecord): void;
  /** A change that was asked for, to be made at the step reached. */
  amend(run: string, lease: number, change: SpecChange): void;
  steer(run: string, lease: number, target: number | 'stop'): void;
  end(): void;
}

export interface OwnTrainingDependencies {
  readonly socket: RoomSocket;
  readonly feed: RunFeed;
  readonly trainer: Trainer;
  readonly host: (options: { target: number; from?: Checkpoint; amendments: readonly Amendment[] }) => SteeredHost;
  /** True while the room hears what is sent. */
  readonly live: () => boolean;
}

interface Own {
  readonly id: RunId;
  readonly lease: number;
  readonly run: LocalRun;
  readonly publisher: Publisher;
}

export function createOwnTraining({ socket, feed, trainer, host, live }: OwnTrainingDependencies): OwnTraining {
  let own: Own | null = null;

  function end(): void {
    own?.run.setTarget('stop');
    own?.publisher.close();
    own = null;
  }

  function train({ record, lease, target }: StartReply, from?: Checkpoint): void {
    const { id } = record;
    const publisher = createPublisher(
      {
        connected: live,
        publish: (run, number, event) => ask(socket, 'publish', { run, lease: number, event }),
        frame: (bytes) => ask(socket, 'frame', bytes),
        checkpoint: (run, number, part) => ask(socket, 'checkpoint', { run, lease: number, ...part }),
      },
      id,
      lease,
    );
    const { amendments } = record;
    const steered = host({ target, amendments, ...(from === undefined ? {} : { from }) });
    const run = startLocalRun(trainer, steered, record.spec, (event) => {
      publisher.publish(event);
      if (own?.publisher === publisher) feed.trained(event);
    });
    own = { id, lease, run, publisher };
  }

  async function download({ record: { id: run }, lease }: ContinueReply, step: number): Promise<Result<Checkpoint>> {
    const assembly = createAssembly();
    for (let offset = 0; ;) {
      const part = (await ask(socket, 'checkpointPart', { run, lease, step, offset })) ?? LOST;
      if (!part.ok) return part;
      const bytes = new Uint8Array(part.value.bytes);
      const whole = assembly.add({ ...part.value, bytes }, CHECKPOINT.bytes);
      if (!whole.ok) return whole;
      if (whole.value !== null) return decodeCheckpoint(whole.value);
      offset += bytes.length;
    }
  }

  async function trainFrom(reply: StartReply, step: number): Promise<Result<null>> {
    const from = await download(reply, step);
    if (from.ok) train(reply, from.value);
    return from.ok ? ok(null) : from;
  }

  return {
    holds: () => (own === null ? undefined : { run: own.id, lease: own.lease }),
    async begin(reply) {
      end();
      feed.begin(reply.record);
      if (reply.checkpoint === null) train(reply);
      else return trainFrom(reply, reply.checkpoint);
      return ok(null);
    },
    async goOn(reply) {
      end();
      const taken = feed.takeOver(reply.record);
      await taken;
      if (reply.checkpoint === null) train(reply);
      else return trainFrom(reply, reply.checkpoint);
      return ok(null);
    },
    joined(snapshot) {
      // Away for too long, or replaced meanwhile: what is trained here is nobody's any more.
      if (snapshot?.held !== true) end();
      else own?.publisher.resume(isActive(snapshot.record.status));
    },
    heard(record) {
      if (own !== null && (record.id !== own.id || record.lease !== own.lease || !isActive(record.status))) end();
    },
    steer(run, lease, target) {
      if (own?.id === run && own.lease === lease) own.run.setTarget(target);
    },
    amend(run, lease, change) {
      if (own?.id === run && own.lease === lease) own.run.amend(change);
    },
    end,
  };
}
