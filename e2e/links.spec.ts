import AxeBuilder from '@axe-core/playwright';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright/test';
import { arrows, makeQuick, openRoom, represented, setNumber, type Visitor } from './people.ts';
import { expect, test } from './fixtures.ts';

/** What these tests change of a link, to see whether it is noticed. */
interface LinkJson {
  readonly engine: { readonly name: string; readonly revision: number | null };
  readonly weights: { readonly tensors: readonly { readonly data: string }[] };
}

/** A room with a finished run and a note on a feature, kept as a link → its address. */
async function makeLink({ page }: Visitor): Promise<string> {
  await makeQuick(page);
  await page.getByTestId('strip-cell-2').click();
  await page.getByTestId('run-button').click();
  await expect.poll(() => represented(page), { timeout: 60_000 }).toBe(5);
  await expect(page.getByTestId('verdict')).toContainText(/found it/);
  await page.keyboard.press('c');
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Five **corners**.');
  await page.getByRole('button', { name: 'Pin note' }).click();
  await expect(page.getByTestId('thread')).toHaveCount(1);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByTestId('make-link').click();
  await page.getByTestId('link-title').fill('A pentagon, kept');
  await page.getByTestId('make-link-now').click();
  const address = page.getByTestId('made-link').getByRole('textbox');
  await expect(address).toHaveValue(/\/links\/[\w-]{22}$/);
  return address.inputValue();
}

/** In a browser that has never been here. */
async function coldly<T>(browser: Browser, address: string, look: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  const seen = await look(page);
  await context.close();
  return seen;
}

/** In each theme from its beginning, on a phone: nothing to scroll sideways, and nothing that axe finds. */
async function expectAccessible(browser: Browser, address: string, drawn: (page: Page) => Locator): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: 390, height: 844 };
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(address);
    await expect(drawn(page)).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule, nodes }) => `${rule}: ${String(nodes[0]?.html)}`)).toEqual([]);
    await context.close();
  }
}

const firstArrow = (page: Page): Locator => page.getByTestId('directions').locator('[data-feature]').first();

async function verdictOf(page: Page): Promise<string> {
  await page.getByTestId('verify-button').click();
  await expect(page.getByTestId('verdict')).toBeVisible({ timeout: 120_000 });
  return (await page.getByTestId('verdict').textContent()) ?? '';
}

test('an experiment opens alone from its address, is kept as a link, becomes a room, and leaves a recap', async ({
  page,
  browser,
  server,
}) => {
  test.setTimeout(240_000);
  await page.goto(`${server.url}/solo/introduction?nn=6`);
  await expect(page.getByTestId('refused')).toContainText('There is no parameter “nn”');
  await page.goto(`${server.url}/solo/introduction?k=3&p2=0.1&r=8&b=256&lr=0.005&t=2000&run`);
  await expect(page.getByTestId('verdict')).toContainText(/found it/, { timeout: 120_000 });
  await setNumber(page, 'n', '6');
  await expect(page).toHaveURL(/[?&]n=6(&|$)/);
  await setNumber(page, 'n', '5');
  await expect(page).not.toHaveURL(/[?&](n=|run)/);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByTestId('make-link').click();
  await expect(page.getByTestId('link-engine')).toContainText('the same bits');
  await page.getByTestId('make-link-now').click();
  const address = page.getByTestId('made-link').getByRole('textbox');
  await expect(address).toHaveValue(/\/links\/[\w-]{22}$/);
  const link = (await (
    await fetch(`${server.url}/api/links/${(await address.inputValue()).slice(-22)}`)
  ).json()) as LinkJson;
  expect(link.engine).toMatchObject({ name: 'fused-wasm', revision: 1 });
  await page.getByTestId('make-room').click();
  await page.getByTestId('join-button').click();
  // What was seen alone forms again before everyone.
  await expect(page.getByTestId('verdict')).toContainText(/found it/, { timeout: 120_000 });
  const room = page.url().split('?')[0] ?? '';
  await page.goto(`${room}/recap`);
  await expect(page.getByTestId('recap-run')).toContainText('finished');
  await expectAccessible(browser, `${room}/recap`, (cold) => cold.getByTestId('recap-run'));
  await page.getByTestId('keep-recap').click();
  await page.getByTestId('link-title').fill('What we tried');
  await page.getByTestId('keep-recap-now').click();
  await expect(address).toHaveValue(/\/links\/[\w-]{22}$/);
  const recap = await address.inputValue();
  await page.goto(room);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Delete this room…' }).click();
  await page.getByLabel(/Type its title/).fill((await page.getByRole('heading', { level: 1 }).textContent()) ?? '');
  await page.getByRole('button', { name: 'Delete for everyone' }).click();
  await expect(page.getByRole('heading', { name: 'This room does not exist.' })).toBeVisible();
  // The room is gone; what it tried is not.
  await coldly(browser, recap, async (cold) => {
    await expect(cold.getByRole('heading', { name: 'What we tried' })).toBeVisible();
    await expect(cold.getByTestId('recap-run')).toContainText(/finished.*pentagon/s);
    await expect(cold.getByTestId('recap-run').getByRole('link', { name: 'open it alone' })).toBeVisible();
  });
  await expectAccessible(browser, recap, (cold) => cold.getByTestId('recap-run'));
});

test('a result is kept as a link, opened by a stranger, verified, forked, embedded and saved', async ({
  arrive,
  browser,
  server,
}, testInfo) => {
  test.setTimeout(300_000);
  const ada = await arrive(await openRoom(server.url), 'Ada');
  const address = await makeLink(ada);
  const id = address.slice(-22);
  const api = `${server.url}/api/links/${id}`;
  const drawn = await arrows(ada.page);

  await test.step('it opens cold, with the same figure, its note in place and its time to scrub', async () => {
    await coldly(browser, address, async (page) => {
      await expect(page.getByRole('heading', { name: 'A pentagon, kept' })).toBeVisible();
      await expect(page.getByTestId('shape')).toContainText('pentagon');
      await expect.poll(() => represented(page)).toBe(5);
      const [there, here] = [drawn, await arrows(page)].map((all) =>
        all.map(({ x, y }) => Math.hypot(x, y).toFixed(3)).sort(),
      );
      expect(here).toEqual(there);
      await expect(page.getByTestId('note')).toContainText('Five corners.');
      await page.getByTestId('note').getByRole('button').click();
      await expect(page.getByTestId('directions').getByTestId('pin')).toHaveText('1');
      await page.getByRole('slider', { name: 'Step shown' }).fill('0');
      await expect(page.getByTestId('step-label')).toHaveText('0');
      await expect.poll(() => represented(page)).not.toBe(5);
      expect((await page.context().cookies()).filter(({ name }) => name !== 'polytope')).toEqual([]);
    });
  });

  await test.step('it is verified bit for bit; on another engine it is the same; tampered with it is different', async () => {
    expect(await coldly(browser, address, verdictOf)).toBe('Identical, bit for bit');
    const link = (await (await fetch(api)).json()) as LinkJson;
    const post = async (changed: object): Promise<string> => {
      const answer = await fetch(`${server.url}/api/links`, { method: 'POST', body: JSON.stringify(changed) });
      return `${server.url}/links/${((await answer.json()) as { link: string }).link}`;
    };
    const elsewhere = await post({ ...link, engine: { ...link.engine, name: 'fused-webgpu', revision: null } });
    expect(elsewhere).not.toBe(address);
    const [first, ...others] = link.weights.tensors;
    // The first six bytes are the number 1 and half of the next.
    const spoiled = { ...first, data: `AACAPwAA${first?.data.slice(8) ?? ''}` };
    const tampered = await post({ ...link, weights: { ...link.weights, tensors: [spoiled, ...others] } });
    expect(
      await coldly(browser, tampered, async (page) => {
        // The model that was spoiled is among all of them, and perhaps not among those that are shown.
        await verdictOf(page);
        const all = page.getByRole('button', { name: /Train all/ });
        if (await all.isVisible()) {
          await all.click();
          await expect(page.getByTestId('verdict')).toHaveText('Different', { timeout: 120_000 });
        }
        return page.getByTestId('verdict').textContent();
      }),
    ).toBe('Different');
    expect(await coldly(browser, elsewhere, verdictOf)).toMatch(/Identical|Same solution/);
  });

  await test.step('it is forked into a room with its run and its note', async () => {
    await coldly(browser, address, async (page) => {
      await page.getByTestId('fork').click();
      await page.waitForURL(/\/rooms\//);
      await page.getByTestId('join-button').click();
      await page.getByTestId('strip-cell-2').click();
      await expect.poll(() => represented(page), { timeout: 30_000 }).toBe(5);
      await expect(page.getByTestId('directions').getByTestId('pin')).toHaveText('1');
    });
  });

  await test.step('it stands in a page of another origin, in its theme, and tells its height', async () => {
    const frame = `<iframe src="${server.url}/embed/${id}?figure=directions&scrubber=off&notes=off&theme=dark" width="600" height="400"></iframe>`;
    const script = `<script>addEventListener('message', ({ data }) => { document.title = data.type + ' ' + (data.height > 300); });</script>`;
    const blog = createServer((_, response) => response.setHeader('content-type', 'text/html').end(script + frame));
    blog.listen(0, '127.0.0.1');
    await once(blog, 'listening');
    await coldly(browser, `http://127.0.0.1:${(blog.address() as AddressInfo).port}`, async (page) => {
      const embed = page.frameLocator('iframe');
      await expect(embed.getByTestId('directions').locator('[data-feature]')).toHaveCount(5);
      await expect(embed.getByRole('slider')).toHaveCount(0);
      await expect(page).toHaveTitle('polytope:height true');
      const paper = await embed.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
      expect(paper, 'dark paper').toBe('rgb(18, 19, 22)');
      expect(await page.context().cookies()).toEqual([]);
    });
    blog.close();
    expect((await fetch(address)).headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`);
  });

  await test.step('one HTML file opens from disk without a network, and is verified there', async () => {
    const file = testInfo.outputPath('link.html');
    await writeFile(file, await (await fetch(`${api}/page.html`)).text());
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    await expect(page.getByTestId('intact')).toContainText('has the hash');
    await expect.poll(() => represented(page)).toBe(5);
    expect(await verdictOf(page)).toBe('Identical, bit for bit');
    await context.close();
  });

  await test.step('it unfurls with a picture, and can be read by everybody', async () => {
    const html = await (await fetch(address)).text();
    expect(html).toContain(`property="og:image" content="${address}/picture"`);
    const picture = new Uint8Array(await (await fetch(`${address}/picture`)).arrayBuffer());
    expect([...picture.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await expectAccessible(browser, address, (page) => page.getByTestId('loss'));
    await expectAccessible(browser, `${server.url}/embed/${id}?figure=all`, firstArrow);
    await expectAccessible(browser, `${server.url}/solo/introduction?link=${id}`, firstArrow);
  });

  await test.step('its owner deletes it, and it is gone', async () => {
    await ada.page.goto(`${server.url}/links`);
    await ada.page.getByTestId('own-links').getByRole('button', { name: 'Delete' }).click();
    await ada.page.getByTestId('own-links').getByRole('button', { name: 'Delete it for everyone' }).click();
    await expect(ada.page.getByTestId('own-links').getByRole('listitem')).toHaveCount(0);
    expect((await fetch(api)).status).toBe(404);
  });
});

/** A diagram of 66 × 66 cells with a note on one of them, kept as a link → its address. */
async function makeDiagram({ page }: Visitor): Promise<string> {
  await page.getByRole('button', { name: 'Add an experiment' }).click();
  await page.getByRole('button', { name: 'A phase change: two features, one dimension' }).click();
  await expect(page.getByTestId('cell-map')).toBeVisible();
  for (const [parameter, value] of DIAGRAM) await setNumber(page, parameter, value);
  await page.getByTestId('run-button').click();
  await expect(page.getByTestId('map-progress')).toHaveText('4,356 of 4,356 cells', { timeout: 180_000 });
  await page.getByTestId('cells').click({ position: { x: 200, y: 260 } });
  await page.keyboard.press('c');
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Here they *share*.');
  await page.getByRole('button', { name: 'Pin note' }).click();
  await expect(page.getByTestId('thread')).toHaveCount(1);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByTestId('make-link').click();
  await page.getByTestId('link-title').fill('A diagram, kept');
  await page.getByTestId('make-link-now').click();
  const address = page.getByTestId('made-link').getByRole('textbox');
  await expect(address).toHaveValue(/\/links\/[\w-]{22}$/, { timeout: 120_000 });
  return address.inputValue();
}

/** More models than are trained side by side. */
const DIAGRAM = [
  ['steps', '40'],
  ['batch', '64'],
  ['replicas', '2'],
  ['densities', '66'],
  ['relativeImportances', '66'],
] as const;

/** The words under the map's cell that is open. */
const openCell = (page: Page): Locator => page.getByTestId('directions');

test('a phase diagram of more models than are trained at once is kept as a link, opened by a stranger, verified and forked', async ({
  arrive,
  browser,
  server,
}, testInfo) => {
  test.setTimeout(420_000);
  const address = await makeDiagram(await arrive(await openRoom(server.url), 'Ada'));
  const api = `${server.url}/api/links/${address.slice(-22)}`;

  await test.step('it opens cold: the diagram, its note, a cell that is chosen, and no steps to go through', async () => {
    await coldly(browser, address, async (page) => {
      await expect(page.getByRole('heading', { name: 'A diagram, kept' })).toBeVisible();
      await expect(page.getByTestId('note')).toContainText('Here they share.');
      await expect(page.getByTestId('cell-map').getByTestId('pin')).toHaveText('1');
      await expect(openCell(page).locator('[data-feature]')).toHaveCount(2);
      await expect(page.getByText('no steps of the way there')).toBeVisible();
      await expect(page.getByRole('slider')).toHaveCount(0);
      const noted = await openCell(page).textContent();
      await page.getByTestId('note').getByRole('button').click();
      await expect(openCell(page)).not.toHaveText(noted ?? '');
      await page.getByTestId('cells').click({ position: { x: 5, y: 5 } });
      await expect(openCell(page)).toContainText(/r = 0\.1\d*, p = 1/);
    });
  });

  await test.step('cells of it are verified, bit for bit; one that was tampered with is different', async () => {
    await coldly(browser, address, async (page) => {
      expect(await verdictOf(page)).toBe('Identical, bit for bit');
      await expect(page.getByTestId('verify')).toContainText('64 of 4,356 cells of 2 models each, drawn at random');
      await page.getByTestId('verify-cell').click();
      await expect(page.getByTestId('verify')).toContainText('One cell of 2 models, r = ');
      await page.getByRole('button', { name: /^Train all 4,356/ }).click();
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect(page.getByTestId('verify-button')).toHaveText('Verify');
    });
    const link = (await (await fetch(api)).json()) as LinkJson;
    const [first, ...others] = link.weights.tensors;
    const spoiled = { ...first, data: `AACAPwAA${first?.data.slice(8) ?? ''}` };
    const changed = { ...link, weights: { ...link.weights, tensors: [spoiled, ...others] } };
    const answer = await fetch(`${server.url}/api/links`, { method: 'POST', body: JSON.stringify(changed) });
    const { link: tampered } = (await answer.json()) as { link: string };
    await coldly(browser, `${server.url}/links/${tampered}`, async (page) => {
      // The model that was spoiled is the first cell's.
      await page.getByTestId('cells').click({ position: { x: 2, y: 2 } });
      await page.getByTestId('verify-cell').click();
      await expect(page.getByTestId('verdict')).toHaveText('Different', { timeout: 60_000 });
    });
  });

  await test.step('it is forked into a room with its diagram and its note', async () => {
    await coldly(browser, address, async (page) => {
      await page.getByTestId('fork').click();
      await page.waitForURL(/\/rooms\//);
      await page.getByTestId('join-button').click();
      await expect(page.getByTestId('map-progress')).toContainText('4,356 of 4,356 cells', { timeout: 30_000 });
      await expect(page.getByTestId('cell-map').getByTestId('pin')).toHaveCount(1);
      await expect(page.getByTestId('opened-cell').getByTestId('directions')).toBeVisible();
    });
  });

  await test.step('one HTML file has it without a network; a chat has its picture; everybody can read it', async () => {
    const file = testInfo.outputPath('diagram.html');
    await writeFile(file, await (await fetch(`${api}/page.html`)).text());
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    await expect(page.getByTestId('intact')).toContainText('has the hash');
    await page.getByTestId('verify-cell').click();
    await expect(page.getByTestId('verdict')).toHaveText('Identical, bit for bit', { timeout: 60_000 });
    await context.close();
    const picture = new Uint8Array(await (await fetch(`${address}/picture`)).arrayBuffer());
    expect([...picture.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await expectAccessible(browser, address, (cold) => cold.getByTestId('cell-map'));
    await expectAccessible(browser, `${server.url}/embed/${address.slice(-22)}?figure=strip`, (cold) =>
      cold.getByTestId('cell-map'),
    );
  });
});
