/** Checkpoints from a trainer in this tab to the server: in parts, one after the other, the newest wins. Training never waits for it. */
import type { Result } from '#lib/base/result';
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint } from '#lib/runs/events';
import { cutIntoParts, type Part } from '#lib/runs/parts';
import { LIMITS } from '#lib/wire/limits';

export interface CheckpointSender {
  readonly send: (checkpoint: Checkpoint) => void;
  /** Go on after a reconnect, with the newest from its beginning. */
  readonly resume: () => void;
}

/** Times that the newest is sent again, and ms before each. */
const RETRIES = { times: 4, ms: 1_000 } as const;

type Outcome = 'lost' | 'answered' | 'early';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, RETRIES.ms));

/** `upload` answers null where the connection was lost first. */
export function createCheckpointSender(
  upload: (part: Part) => Promise<Result<null> | null>,
  connected: () => boolean,
  wait: () => Promise<void> = pause,
): CheckpointSender {
  let waiting: Checkpoint | null = null;
  let busy = false;

  /** What the server refuses once it would refuse again; early is one of a sweep that came before the frames that it stands on. */
  async function sendAll(checkpoint: Checkpoint): Promise<Outcome> {
    for (const part of cutIntoParts(encodeCheckpoint(checkpoint), LIMITS.checkpointPart)) {
      const answer = await upload(part);
      if (answer === null) return 'lost';
      if (!answer.ok) return answer.error.code === 'conflict' ? 'early' : 'answered';
    }
    return 'answered';
  }

  async function pump(): Promise<void> {
    if (busy) return;
    busy = true;
    let tries = 0;
    for (let next = waiting; next !== null && connected(); next = waiting) {
      const outcome = await sendAll(next);
      if (outcome === 'lost') break;
      if (outcome === 'early' && tries++ < RETRIES.times) await wait();
      else if (waiting === next) waiting = null;
      if (waiting !== next) tries = 0;
    }
    busy = false;
  }

  return {
    send(checkpoint) {
      waiting = checkpoint;
      void pump();
    },
    resume: () => void pump(),
  };
}
