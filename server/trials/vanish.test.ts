/** A browser that vanishes without a word: its machine sleeps, its cable is pulled. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { connectClient, startTestLab } from '../lab.fixture.ts';
import { startProxy } from './proxy.fixture.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 1, replicas: 1, steps: 1_000 });

/** ms: within twenty seconds everyone shall know; a busy machine has more */
const KNOWN_WITHIN_MS = 40_000;

test('P47 a trainer that vanishes is noticed, its run waits for another, and its place in the room is free', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const proxy = await startProxy(Number(new URL(lab.url).port));
  onTestFinished(() => proxy.close());
  const bob = await connectClient(lab.url);
  await bob.join(room, { name: 'Bob' });
  const ada = await connectClient(proxy.url);
  await ada.join(room, { name: 'Ada' });
  await ada.get('start', { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false });
  proxy.freeze();
  await vi.waitFor(
    () =>
      expect(bob.heard('run').at(-1)?.[0].status).toEqual({
        phase: 'orphaned',
        step: 0,
        message: 'Ada’s browser stopped training at step 0.',
      }),
    KNOWN_WITHIN_MS,
  );
  await vi.waitFor(() => expect(bob.heard('people').at(-1)?.[0]).toMatchObject([{ name: 'Bob' }]));
}, 60_000);
