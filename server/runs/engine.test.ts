import { describe, expect, test, vi } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { StartReply } from '#lib/wire/protocol';
import { createInlineCompute } from '../compute/inline-compute.ts';
import { connectClient, startTestLab } from '../lab.fixture.ts';
import { createCrankedCompute } from './compute.fixture.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 1, batch: 16, steps: 4 });
const START = { experiment: 'introduction', spec, place: 'server', paused: false } as const;

async function enter(dependencies: Parameters<typeof startTestLab>[0], seat = true) {
  const lab = await startTestLab(dependencies);
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  const joined = await ada.join(room, { seat });
  return { lab, room, ada, joined };
}

describe('the server’s engine by name', () => {
  test('P155 is offered to who joins, trains the run that asks for it, and stands in its record', async () => {
    const compute = createCrankedCompute();
    const { ada, joined } = await enter({ compute });
    expect(joined.serverOffers).toEqual(compute.offers);
    const { record }: StartReply = await ada.get('start', { ...START, engine: 'cranked' });
    expect(record.asked).toBe('cranked');
    expect(compute.started.map(({ engine }) => engine)).toEqual(['cranked']);
  });

  test('P155 that becomes known after one joined is told to everyone, and then trains', async () => {
    const compute = createCrankedCompute();
    compute.offer([]);
    const { ada, joined } = await enter({ compute });
    expect(joined.serverOffers).toEqual([]);
    compute.offer([{ name: 'cranked', missing: null }]);
    await vi.waitFor(() => expect(ada.heard('serverOffers')).toEqual([[compute.offers]]));
    const { record }: StartReply = await ada.get('start', { ...START, engine: 'cranked' });
    expect(record.asked).toBe('cranked');
  });

  test('P155 without a name the server chooses, and the record says nothing of it', async () => {
    const compute = createCrankedCompute();
    const { ada } = await enter({ compute });
    const { record }: StartReply = await ada.get('start', START);
    expect(record.asked).toBeUndefined();
    expect(compute.started.map(({ engine }) => engine)).toEqual([undefined]);
  });

  test.each([
    ['that is not offered', { engine: 'steam' }, 'invalid', /no engine steam .* choose another/],
    ['that cannot be had', { engine: 'absent' }, 'unavailable', /no crank .* Choose another/],
    ['for a browser', { engine: 'cranked', place: 'browser' }, 'invalid', /its own choice/],
  ])('one %s is refused, and the run before goes on', async (_, wrong, code, message) => {
    const compute = createCrankedCompute();
    const { ada } = await enter({ compute });
    await ada.get('start', START);
    expect(await ada.ask('start', { ...START, ...wrong })).toMatchObject({
      ok: false,
      error: { code, message: expect.stringMatching(message) as string, field: 'engine' },
    });
    expect(compute.started.map(({ killed }) => killed)).toEqual([false]);
  });

  test('P155 who only watches asks for none', async () => {
    const { ada } = await enter({ compute: createCrankedCompute() }, false);
    expect(await ada.ask('start', { ...START, engine: 'cranked' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });

  test('P155 a process that breaks is followed by another of the same engine', async () => {
    const compute = createCrankedCompute();
    const { ada } = await enter({ compute });
    await ada.get('start', { ...START, engine: 'cranked' });
    compute.started[0]?.lose('The training process hung');
    await vi.waitFor(() => expect(compute.started.map(({ engine }) => engine)).toEqual(['cranked', 'cranked']));
  });

  test('P155 the reference, asked for, is what trains; of what cannot be had there is a sentence', async () => {
    const compute = createInlineCompute();
    await vi.waitFor(() => expect(compute.offers.map(({ name }) => name)).toContain('reference'));
    const { ada } = await enter({ compute });
    await ada.get('start', { ...START, engine: 'reference' });
    await vi.waitFor(
      () =>
        expect(ada.heard('run').map(([record]) => record)).toContainEqual(
          expect.objectContaining({ engine: expect.objectContaining({ name: 'reference' }) as object }),
        ),
      { timeout: 30_000 },
    );
    for (const { name, missing } of compute.offers) if (missing !== null) expect(missing, name).toMatch(/\.$/);
  });
});
