/** What every storage does: one suite for all of them. */
import { afterEach, describe, expect, test } from 'vitest';
import { idFromBytes, type RoomId, type RunId } from '#lib/base/id';
import { newAccess } from '#lib/room/access';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunChange, Snapshot, Storage, StoredLink } from './storage.ts';

const id = (byte: number): RoomId => idFromBytes<'room'>(new Uint8Array(16).fill(byte));
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function describeStorage(name: string, open: () => Promise<Storage>): void {
  describe(`${name} as a storage`, () => {
    const opened: Storage[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((storage) => storage.close()));
    });
    async function start(): Promise<Storage> {
      const storage = await open();
      opened.push(storage);
      return storage;
    }

    test('knows no room that was not created', async () => {
      const storage = await start();
      expect(await storage.loadRoom(id(1))).toBeUndefined();
    });

    test('gives back the seed and every update, oldest first', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1, 2, 3), ACCESS);
      await Promise.all([storage.append(id(1), 'lab', bytes(4)), storage.append(id(1), 'lab', bytes(5, 6))]);
      const room = await storage.loadRoom(id(1));
      expect(room).toEqual({
        documents: {
          lab: { updates: [bytes(1, 2, 3), bytes(4), bytes(5, 6)], last: 3 },
          notes: { updates: [], last: 0 },
        },
        run: undefined,
        access: ACCESS,
        epoch: 1,
        usedAt: expect.any(Number) as number,
      });
    });

    test('keeps rooms apart', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      await storage.createRoom(id(2), bytes(2), ACCESS);
      await storage.append(id(2), 'lab', bytes(3));
      expect((await storage.loadRoom(id(1)))?.documents.lab.updates).toEqual([bytes(1)]);
      expect((await storage.loadRoom(id(2)))?.documents.lab.updates).toEqual([bytes(2), bytes(3)]);
    });

    test('refuses a room that exists and an update of one that does not, and goes on', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const answers = await Promise.allSettled([
        storage.append(id(1), 'lab', bytes(2)),
        storage.createRoom(id(1), bytes(9), ACCESS),
        storage.append(id(7), 'lab', bytes(9)),
        storage.append(id(1), 'lab', bytes(3)),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      expect((await storage.loadRoom(id(1)))?.documents.lab.updates).toEqual([bytes(1), bytes(2), bytes(3)]);
    });

    test('compacts up to a position and keeps what came after it', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const through = await storage.append(id(1), 'lab', bytes(2));
      await storage.append(id(1), 'lab', bytes(3));
      await storage.compact(id(1), 'lab', through, bytes(12));
      expect(await storage.loadRoom(id(1))).toMatchObject({
        documents: { lab: { updates: [bytes(12), bytes(3)], last: 3 } },
      });
      expect(await storage.append(id(1), 'lab', bytes(4))).toBe(4);
    });

    test('keeps the documents of a room apart, in what is added, compacted and begun anew', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const through = await storage.append(id(1), 'notes', bytes(20));
      await storage.append(id(1), 'lab', bytes(2));
      await storage.append(id(1), 'notes', bytes(21));
      await storage.compact(id(1), 'notes', through, bytes(22));
      const of = async (): Promise<unknown> => (await storage.loadRoom(id(1)))?.documents;
      const notes = { updates: [bytes(22), bytes(21)], last: 4 };
      expect(await of()).toEqual({ lab: { updates: [bytes(1), bytes(2)], last: 3 }, notes });
      await storage.renew(id(1), bytes(9));
      expect(await of()).toEqual({ lab: { updates: [bytes(9)], last: 5 }, notes });
    });

    test('begins a document anew under another epoch, and goes on from there', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      await storage.append(id(1), 'lab', bytes(2));
      const started = Math.floor(Date.now() / 1_000);
      const epoch = await storage.renew(id(1), bytes(7));
      expect(epoch).toBeGreaterThanOrEqual(started);
      expect(await storage.loadRoom(id(1))).toMatchObject({
        documents: { lab: { updates: [bytes(7)], last: 3 } },
        epoch,
      });
      expect(await storage.append(id(1), 'lab', bytes(8))).toBe(4);
      expect((await storage.loadRoom(id(1)))?.documents.lab.updates).toEqual([bytes(7), bytes(8)]);
      expect(await storage.renew(id(1), bytes(9))).toBeGreaterThan(epoch);
    });

    test('gives back the newest run as it was last saved, with losses that are no numbers', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      await storage.saveRun(change(run(1, 1_000), { added: [snapshot(0), snapshot(1)], checkpoint: snapshot(1) }));
      await storage.saveRun(change(run(2, 2_000)));
      const finished = run(2, 2_000);
      await storage.saveRun(change(finished, { added: [snapshot(0), snapshot(7)], checkpoint: snapshot(7) }));
      expect((await storage.loadRoom(id(1)))?.run).toEqual({
        record: finished,
        metrics: METRICS,
        frames: [bytes(0), bytes(7)],
        checkpoints: [bytes(7)],
      });
    });

    test('adds and drops a run’s frames, replaces those of the same step, and keeps the last two checkpoints', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const record = run(1, 1_000);
      await storage.saveRun(change(record, { added: [0, 1, 2].map(snapshot), checkpoint: snapshot(2) }));
      const again = { step: 2, bytes: bytes(22) };
      await storage.saveRun(change(record, { dropped: [1], added: [again, snapshot(3)], checkpoint: snapshot(3) }));
      await storage.saveRun(change(record, { checkpoint: snapshot(4) }));
      expect((await storage.loadRoom(id(1)))?.run).toMatchObject({
        frames: [bytes(0), bytes(22), bytes(3)],
        checkpoints: [bytes(4), bytes(3)],
      });
    });

    test('keeps a room’s access as it was last saved', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const invite = { id: 'one', key: 'hash', role: 'viewer', madeAt: 1, expiresAt: null } as const;
      const access = { ...ACCESS, epoch: 2, invites: [invite] };
      await storage.saveAccess(id(1), access);
      expect((await storage.loadRoom(id(1)))?.access).toEqual(access);
    });

    test('deletes a room with everything of it, and no other', async () => {
      const storage = await start();
      for (const room of [1, 2]) await storage.createRoom(id(room), bytes(room), ACCESS);
      await storage.saveRun(change(run(1, 1_000), { added: [snapshot(0)], checkpoint: snapshot(0) }));
      await storage.deleteRoom(id(1));
      await storage.deleteRoom(id(9));
      expect(await storage.loadRoom(id(1))).toBeUndefined();
      expect(await storage.loadRoom(id(2))).toBeDefined();
      await storage.createRoom(id(1), bytes(3), ACCESS);
      expect((await storage.loadRoom(id(1)))?.run).toBeUndefined();
    });

    test('knows which rooms nobody has opened since a moment', async () => {
      const storage = await start();
      const later = Date.now() + 1_000_000;
      for (const room of [1, 2, 3]) await storage.createRoom(id(room), bytes(1), ACCESS);
      await storage.markUsed(id(2), later);
      await storage.markUsed(id(2), later - 5);
      await storage.markUsed(id(3), later - 1);
      expect(await storage.roomsIdleSince(later - 2)).toEqual([id(1)]);
      expect(await storage.roomsIdleSince(later + 1)).toEqual([id(1), id(3), id(2)]);
    });

    test('gives every room time where nobody has opened any, and changes nothing where somebody has', async () => {
      const storage = await start();
      const now = Date.now() + 1_000_000;
      const usedAt = async (room: number): Promise<number | undefined> => (await storage.loadRoom(id(room)))?.usedAt;
      for (const room of [1, 2]) await storage.createRoom(id(room), bytes(1), ACCESS);
      await storage.markUsed(id(2), now);
      const before = await usedAt(1);
      await storage.forgiveAbsence(now, now + 50);
      expect([await usedAt(1), await usedAt(2)]).toEqual([before, now]);
      await storage.forgiveAbsence(now + 1, now - 50);
      expect([await usedAt(1), await usedAt(2)]).toEqual([now - 50, now]);
    });

    test('keeps links as they were first written, whatever becomes of their room', async () => {
      const storage = await start();
      await storage.createRoom(id(1), bytes(1), ACCESS);
      const [first, second] = [link(1, { room: id(1) }), link(2, { room: id(1), madeAt: 2 })];
      expect(await storage.saveLink(first, null)).toBe(true);
      expect(await storage.saveLink({ ...first, title: 'Another' }, null)).toBe(false);
      expect(await storage.saveLink(second, first.id)).toBe(true);
      await storage.deleteRoom(id(1));
      expect(await storage.loadLink(first.id)).toEqual({ ...first, supersededBy: second.id });
      expect((await storage.listLinks(id(1))).map((line) => [line.id, line.supersededBy])).toEqual([
        [second.id, null],
        [first.id, second.id],
      ]);
      expect(await storage.listLinks(id(2))).toEqual([]);
    });

    test('supersedes and deletes links', async () => {
      const storage = await start();
      await storage.saveLink(link(1), null);
      await storage.supersedeLink(link(1).id, link(2).id);
      expect((await storage.loadLink(link(1).id))?.supersededBy).toBe(link(2).id);
      await storage.deleteLink(link(1).id);
      await storage.deleteLink(link(1).id);
      expect(await storage.loadLink(link(1).id)).toBeUndefined();
    });

    test('knows the rooms whose newest run is trained here', async () => {
      const storage = await start();
      for (const room of [1, 2, 3, 4]) await storage.createRoom(id(room), bytes(1), ACCESS);
      const here = { place: 'server', trainer: null, status: { phase: 'running', step: 3 } } as const;
      await storage.saveRun(change({ ...run(1, 1_000), ...here }));
      await storage.saveRun(change({ ...run(2, 1_000), ...here, room: id(2), place: 'browser' }));
      await storage.saveRun(change({ ...run(3, 1_000), ...here, room: id(3), status: { phase: 'stopped', step: 3 } }));
      await storage.saveRun(change({ ...run(4, 1_000), ...here, room: id(4) }));
      await storage.saveRun(change({ ...run(5, 2_000), room: id(4) }));
      expect(await storage.roomsTrainedHere()).toEqual([id(1)]);
    });
  });
}

const ACCESS = newAccess('hash of a key');

const link = (byte: number, wishes: Partial<StoredLink> = {}): StoredLink => ({
  id: idFromBytes<'link'>(new Uint8Array(16).fill(byte)),
  room: null,
  ownerKey: 'hash of a key',
  madeAt: 1,
  title: 'A pentagon',
  supersededBy: null,
  bytes: bytes(1, 2, 3),
  ...wishes,
});

const METRICS = [{ type: 'metrics', step: 3, seconds: 0.1, stepsPerSecond: 30, loss: [0.5, Number.NaN] }] as const;

const snapshot = (step: number): Snapshot => ({ step, bytes: bytes(step) });

const change = (record: RunRecord, wishes: Partial<RunChange> = {}): RunChange => ({
  record,
  metrics: METRICS,
  dropped: [],
  added: [],
  checkpoint: null,
  picture: null,
  ...wishes,
});

function run(number: number, startedAt: number): RunRecord {
  const ada = { id: idFromBytes<'person'>(new Uint8Array(16)), name: 'Ada' };
  return {
    id: idFromBytes<'run'>(new Uint8Array(16).fill(number)) satisfies RunId,
    room: id(1),
    experiment: 'introduction',
    spec: resolve(DEFAULT_PARAMETERS),
    specHash: 'hash',
    amendments: [],
    presentHash: 'hash',
    source: null,
    startedBy: ada,
    startedAt,
    place: 'browser',
    trainer: ada,
    lease: 1,
    handOver: null,
    engine: { name: 'reference', device: 'one core' },
    status: { phase: 'stopped', step: 3 },
  };
}
