import { io, type Socket } from 'socket.io-client';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import type { RunRecord } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { PROTOCOL_VERSION, SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/wire/protocol';
import { expect, test } from './fixtures.ts';
import { makeQuick, openRoom } from './people.ts';

/** Resolves with the next run of the room that finishes, as a stranger's client is told of it. */
async function nextFinished(room: string): Promise<RunRecord> {
  const { origin, pathname } = new URL(room);
  const socket: Socket<ServerToClient, ClientToServer> = io(origin, { path: SOCKET_PATH, transports: ['websocket'] });
  const id = pathname.split('/').at(-1) as RunRecord['room'];
  const request = { protocol: PROTOCOL_VERSION, room: id, name: 'A stranger', colour: 0, seat: false };
  expect((await socket.emitWithAck('join', request)).ok).toBe(true);
  return new Promise((resolve) => {
    socket.on('run', (record) => {
      if (record.status.phase !== 'finished') return;
      socket.disconnect();
      resolve(record);
    });
  });
}

/** The same run in this process, in one thread. */
async function hashHere(spec: RunSpec): Promise<string | undefined> {
  const trainer = createFusedTrainer({
    workers: 0,
    spawn: () => {
      throw new Error('no worker is asked for');
    },
  });
  const host = createTrainerHost({ now: () => performance.now(), breathe: () => Promise.resolve() });
  for await (const event of trainer.train(spec, host)) if (event.type === 'finished') return event.weightsHash;
  return undefined;
}

test('the same spec gives the same bits in Chromium, on the server and here', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  await makeQuick(ada.page);
  const hashes: (string | undefined)[] = [];
  let record: RunRecord | undefined;
  for (const place of ['browser', 'server']) {
    const finished = nextFinished(room);
    await ada.page.getByTestId(`place-${place}`).click();
    await ada.page.getByTestId('run-button').click();
    record = await finished;
    expect(record.place).toBe(place);
    hashes.push(record.status.phase === 'finished' ? record.status.weightsHash : undefined);
  }
  if (record !== undefined) hashes.push(await hashHere(record.spec));
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(hashes).size).toBe(1);
});
