/** Rooms that train on TensorFlow, from end to end, where `npm run setup:cuda` has installed it; elsewhere skipped, with the reason. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'playwright/test';
import { openRoom, setNumber, shownStep, visit, type Visitor } from './people.ts';
import { expect } from './fixtures.ts';
import { startServer } from './server.ts';

const installed = existsSync(new URL('../.tensorflow/package.json', import.meta.url));
if (!installed) console.log('Rooms on TensorFlow are not walked through: npm run setup:cuda installs it.');

/** ms: TensorFlow loads in seconds, or in half a minute where others want the processors. */
const PATIENCE_MS = 120_000;

/** On two processors: some hundred steps a second, so that nobody sees its end. */
async function trainThere({ page }: Visitor): Promise<void> {
  await setNumber(page, 'densities', '3');
  await setNumber(page, 'steps', '200000');
  await page.getByTestId('place-server').click();
  await page.getByTestId('run-button').click();
}

/** The process of a server that trains, straight from the system. */
function trainingProcess(server: number): number {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const ours = rows.find(([, parent, ...args]) => Number(parent) === server && args.at(-1) === 'tensorflow');
  return Number(ours?.[0] ?? 'NaN');
}

test('a room trains on TensorFlow and says so, another waits in line, and a process that dies is told and goes on', async ({
  browser,
}) => {
  test.skip(!installed, 'TensorFlow is not installed here: npm run setup:cuda installs it.');
  test.setTimeout(6 * PATIENCE_MS);
  const server = await startServer({ ENGINE: 'tensorflow' });
  const [first, second] = [await openRoom(server.url), await openRoom(server.url)];
  const [ada, bob] = [await visit(browser, first, 'Ada'), await visit(browser, second, 'Bob')];
  try {
    await trainThere(ada);
    await expect(ada.page.getByTestId('run-words')).toContainText('tfjs-node', { timeout: PATIENCE_MS });
    await expect.poll(() => shownStep(ada.page), { timeout: PATIENCE_MS }).toBeGreaterThan(10);

    // Its device: in the room and for whoever watches the server.
    await ada.page.getByTestId('devices-button').click();
    await expect(ada.page.getByTestId('server-device')).toContainText(/TensorFlow \d/);
    await ada.page.keyboard.press('Escape');
    const health = (await (await fetch(`${server.url}/api/health`)).json()) as { readonly engines: unknown };
    expect(health.engines).toMatchObject([{ name: 'tfjs-node', device: expect.stringMatching(/TensorFlow \d/) }]);

    // The process dies.
    process.kill(trainingProcess(server.pid()), 'SIGKILL');
    const told = ada.page.getByTestId('hand-over');
    await expect(told).toContainText(/The training process ended \(SIGKILL\) at step [\d,]+\. It went on from step/);
    const reached = await shownStep(ada.page);
    await expect.poll(() => shownStep(ada.page), { timeout: PATIENCE_MS }).toBeGreaterThan(reached);

    // One at a time: the others see where they stand, and come to their turn.
    await trainThere(bob);
    const inLine = bob.page.getByTestId('waiting').filter({ visible: true });
    await expect(inLine).toContainText(/1st of 1 in line for the server/, { timeout: PATIENCE_MS });
    await expect.poll(() => shownStep(bob.page), { timeout: PATIENCE_MS }).toBeGreaterThan(10);

    // And they may leave it at any time.
    await expect(inLine).toBeVisible({ timeout: PATIENCE_MS });
    await bob.page.getByTestId('pause-button').click();
    await expect(bob.page.getByTestId('run-button')).toBeVisible();
    await expect(inLine).toBeHidden();
  } finally {
    await Promise.all([ada, bob].map(({ context }) => context.close()));
    await server.stop();
  }
});
