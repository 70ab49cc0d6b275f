import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import type { LabView } from '#lib/room/lab';
import { ROOM_HEADER } from '#lib/wire/protocol';
import { startTestLab, type TestLab } from '../lab.fixture.ts';
import type { Web } from '../web.ts';

/** A lab whose pages are only looked at: `asked` has the headers they were asked with. */
async function startWatchedLab(): Promise<{ lab: TestLab; asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const web: Web = {
    serve(request, response) {
      asked.push(request.headers);
      response.end();
      return Promise.resolve();
    },
    upgrade: undefined,
    close: () => Promise.resolve(),
  };
  return { lab: await startTestLab({ web }), asked };
}

const viewIn = (headers: IncomingHttpHeaders | undefined): LabView | null => {
  const encoded = headers?.[ROOM_HEADER];
  return typeof encoded === 'string' ? (JSON.parse(decodeURIComponent(encoded)) as LabView) : null;
};

test('a room’s page is made with the room’s document', async () => {
  const { lab, asked } = await startWatchedLab();
  const room = await lab.newRoom();
  for (const path of [`/rooms/${room}`, `/rooms/${room}/?a=b`]) await fetch(lab.url + path);
  expect(asked.map((headers) => viewIn(headers)?.agenda[0]?.experiment)).toEqual(['introduction', 'introduction']);
});

test('no other page has one, whatever the client sends under the header’s name', async () => {
  const { lab, asked } = await startWatchedLab();
  const forged = { [ROOM_HEADER]: encodeURIComponent('{"title":"forged"}') };
  for (const path of ['/', '/rooms/AAAAAAAAAAAAAAAAAAAAAA', '/rooms/../etc', '/rooms/'])
    await fetch(lab.url + path, { headers: forged });
  expect(asked.map(viewIn)).toEqual([null, null, null, null]);
});
