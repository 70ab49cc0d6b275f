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

/** `upload` answers null where the connection was lost first. */
export function createCheckpointSender(
  upload: (part: Part) => Promise<Result<null> | null>,
  connected: () => boolean,
): CheckpointSender {
  let waiting: Checkpoint | null = null;
  let busy = false;

  /** False where the connection was lost. What the server refuses once it would refuse again. */
  async function sendAll(checkpoint: Checkpoint): Promise<boolean> {
    for (const part of cutIntoParts(encodeCheckpoint(checkpoint), LIMITS.checkpointPart)) {
      const answer = await upload(part);
      if (answer === null) return false;
      if (!answer.ok) return true;
    }
    return true;
  }

  async function pump(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = waiting; next !== null && connected(); next = waiting) {
      if (!(await sendAll(next))) break;
      if (waiting === next) waiting = null;
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
