/** Kept frames as the server has them: of the room's present run, or of one before it. */
import type { Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { RunRecord } from '#lib/runs/record';
import { ask, type RoomSocket } from './connection.ts';
import { readFrame, SHOWN_TENSORS } from './run-view.ts';

/** Oldest first, cut to `instances`; none where the server did not answer. */
export async function keptFrames(
  socket: RoomSocket,
  { id }: Pick<RunRecord, 'id'>,
  instances: readonly number[],
): Promise<readonly Frame[]> {
  const answer = await ask(socket, 'timeline', { run: id, tensors: SHOWN_TENSORS, instances });
  if (answer?.ok !== true) return [];
  // In a browser, Socket.IO hands over an ArrayBuffer whatever was sent.
  return unpackFrames(new Uint8Array(answer.value))
    .map((bytes) => readFrame(bytes, id))
    .flatMap((frame) => (frame.ok && frame.value ? [frame.value] : []));
}
