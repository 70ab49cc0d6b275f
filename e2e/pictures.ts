/**
 * `npm run pictures [-- folder [state…]]`: the product as people see it, with two of them in a room. Without a folder it takes the
 * README's picture; with one, every state, or those that are named, at four sizes, light and dark, to be looked at.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { launchOptions } from '../playwright.config.ts';
import { chromiumPath } from './chromium.ts';
import { openRoom, represented, setNumber, visit } from './people.ts';
import { startServer } from './server.ts';

const README_PICTURES = 'e2e/pictures';
const SIZES = [
  [1440, 900],
  [1280, 720],
  [720, 900],
  [390, 844],
] as const;
const THEMES = ['light', 'dark'] as const;

/** The cell of p ≈ 0.1 among the introduction's ten. */
const PENTAGON_CELL = 7;

/** Trains the introduction in `page` and waits for the best replicas. */
async function train(page: Page): Promise<void> {
  await page.getByTestId(`strip-cell-${PENTAGON_CELL}`).click();
  await page.getByTestId('run-button').click();
  await page.getByTestId('verdict').filter({ hasText: 'found it' }).waitFor({ timeout: 180_000 });
  await page.waitForTimeout(5_000);
  if ((await represented(page)) !== 5) console.warn('The pentagon is not on the picture.');
}

async function readmePicture(browser: Browser, room: string): Promise<void> {
  const ada = await visit(browser, room, 'Ada Lovelace');
  await visit(browser, room, 'Emmy Noether');
  await train(ada.page);
  await ada.page.screenshot({ path: join(README_PICTURES, 'room.png') });
}

/** What may be open, and how one gets there in a room where two runs and a note have been made. */
const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  room: () => Promise.resolve(),
  anatomy: async (page) => {
    // On a phone one figure is shown at a time.
    await pressIfThere(page, 'Loss', true);
    await page.getByRole('button', { name: 'Loss anatomy' }).click();
  },
  devices: (page) => page.getByTestId('devices-button').click(),
  parameters: (page) => pressIfThere(page, 'Parameters'),
  people: (page) => page.getByTestId('people-button').click(),
  share: (page) => page.getByRole('button', { name: 'Share' }).click(),
  notes: (page) => page.getByTestId('notes-button').click(),
  composer: (page) => page.keyboard.press('c'),
  minutes: async (page) => {
    await page.getByTestId('notes-button').click();
    await page.getByRole('button', { name: 'Minutes' }).click();
  },
  runs: (page) => page.getByTestId('runs-button').click(),
  past: async (page) => {
    await page.getByTestId('runs-button').click();
    await page.getByTestId('kept-run').nth(1).getByRole('button').first().click();
  },
  compare: async (page) => {
    await page.getByTestId('runs-button').click();
    await page
      .getByTestId('kept-run')
      .nth(1)
      .getByRole('button', { name: /Compare/ })
      .click();
  },
  time: (page) => page.getByLabel('Step shown').fill('550'),
  try: (page) => page.getByTestId('try-button').click(),
};

async function pressIfThere(page: Page, name: string, exact = false): Promise<void> {
  const button = page.getByRole('button', { name, exact }).first();
  if (await button.isVisible()) await button.click();
}

/** Two runs, and a note on the first feature. */
async function meet(page: Page): Promise<void> {
  await train(page);
  await page.getByTestId('parameter-importanceBase').locator('input[type=range]').press('ArrowLeft');
  await train(page);
  await page.getByTestId('directions').locator('svg[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('c');
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Why is it **longer** than $1$?');
  await page.getByRole('button', { name: 'Pin note' }).click();
}

/** A hand that is up with a question, the knobs taken, and the lead; pressed again, all is given back. */
async function lead(page: Page): Promise<void> {
  await page.getByTestId('directions').hover();
  for (const key of ['h', 'k', 's']) await page.keyboard.press(key);
}

/** What is looked at without having joined, or in nobody's room. */
const WITHOUT_A_SEAT = ['home', 'join', 'missing'] as const;

/** In a room of a phase diagram, where two have been trained and a cell, a region and a feature are spoken of. */
const MAP_STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  map: () => Promise.resolve(),
  'map-notes': (page) => page.getByTestId('notes-button').click(),
  'map-composer': (page) => page.keyboard.press('c'),
  'map-compare': async (page) => {
    await page.getByTestId('runs-button').click();
    await page
      .getByTestId('kept-run')
      .nth(1)
      .getByRole('button', { name: /Compare/ })
      .click();
    await page.getByTestId('compare').waitFor();
  },
};

/** Every state that there is a picture of. */
const ALL_STATES: readonly string[] = [...WITHOUT_A_SEAT, ...Object.keys(STATES), 'led', ...Object.keys(MAP_STATES)];

/** Side of a diagram that is trained in a moment. */
const SIDE = '24';

async function drawMaps(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add an experiment' }).click();
  await page.getByRole('button', { name: 'A phase change: two features, one dimension' }).click();
  await page.getByTestId('cell-map').waitFor();
  for (const parameter of ['densities', 'relativeImportances']) await setNumber(page, parameter, SIDE);
  for (const seed of ['2', '1']) {
    await setNumber(page, 'seed', seed);
    await page.getByTestId('run-button').click();
    await page.getByTestId('map-progress').filter({ hasText: '576 of 576 cells' }).waitFor({ timeout: 180_000 });
    await page.waitForTimeout(5_000);
  }
  for (const words of ['Why is it **red** below $p = 0.1$?', 'And here?']) {
    await page
      .getByTestId('cells')
      .click({ position: words.startsWith('Why') ? { x: 200, y: 260 } : { x: 60, y: 60 } });
    await page.keyboard.press('c');
    await page.getByRole('textbox', { name: 'Note', exact: true }).fill(words);
    await page.getByRole('button', { name: 'Pin note' }).click();
  }
}

interface Visit {
  readonly page: Page;
  readonly url: string;
  readonly room: string;
  /** Of a phase diagram; empty where none is asked for. */
  readonly maps: string;
  /** Who leads where somebody does. */
  readonly ada: Page;
}

/** Brings a state before the eyes of whoever has joined, or joins. */
async function reach(name: string, { page, url, room, maps, ada }: Visit): Promise<void> {
  if (name === 'home') {
    await page.goto(url);
    await page.waitForTimeout(6_000);
  } else if (name === 'missing') await page.goto(`${url}/rooms/AAAAAAAAAAAAAAAAAAAAAA`);
  else if (name === 'join') {
    await page.goto(room);
    await page.getByTestId('join-button').waitFor();
  } else if (name in MAP_STATES) {
    await page.goto(maps);
    await page.getByTestId('map-progress').filter({ hasText: '576 of 576 cells' }).waitFor();
    await page.waitForTimeout(1_000);
    await MAP_STATES[name]?.(page);
  } else {
    if (name === 'led') await lead(ada);
    await page.goto(room);
    // Whoever is led goes nowhere by themselves.
    if (name === 'led') await page.getByTestId('lead-frame').waitFor();
    else await page.getByTestId(`strip-cell-${PENTAGON_CELL}`).click();
    await page.getByTestId('verdict').filter({ hasText: 'found it' }).waitFor();
    await STATES[name]?.(page);
  }
  await page.waitForTimeout(1_000);
}

async function takeStates(
  browser: Browser,
  url: string,
  room: string,
  folder: string,
  states: readonly string[],
): Promise<void> {
  const ada = (await visit(browser, room, 'Ada Lovelace')).page;
  await meet(ada);
  const maps = states.some((name) => name in MAP_STATES) ? await openRoom(url) : '';
  if (maps !== '') await drawMaps((await visit(browser, maps, 'Emmy Noether')).page);
  for (const colorScheme of THEMES)
    for (const [width, height] of SIZES) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const joined = new Set<string>();
      for (const name of ALL_STATES.filter((each) => states.includes(each))) {
        const seat = name in MAP_STATES ? maps : WITHOUT_A_SEAT.some((each) => each === name) ? '' : room;
        if (seat !== '' && !joined.has(seat)) {
          await page.goto(seat);
          await page.getByTestId('join-button').click();
          await page.getByTestId('join-button').waitFor({ state: 'detached' });
          joined.add(seat);
        }
        await reach(name, { page, url, room, maps, ada }).catch(() => {
          console.warn(`${name} cannot be reached at ${width} × ${height}.`);
        });
        await page.screenshot({ path: join(folder, pictureOf(name, width, height, colorScheme)) });
        if (name === 'led') await lead(ada);
      }
      await context.close();
    }
  for (const name of states) await contactSheet(browser, folder, name);
}

const pictureOf = (name: string, width: number, height: number, theme: string): string =>
  `${name}-${width}x${height}-${theme}.png`;

/** A state at every size and in both themes on one picture. */
async function contactSheet(browser: Browser, folder: string, name: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1_800, height: 900 } });
  const pictures = THEMES.map((theme) =>
    SIZES.map(([width, height]) => readFile(join(folder, pictureOf(name, width, height, theme)), 'base64')),
  );
  const rows = await Promise.all(pictures.map((row) => Promise.all(row)));
  const shown = rows.map((row) =>
    row.map((data) => `<img src="data:image/png;base64,${data}" height="430">`).join(' '),
  );
  await page.setContent(`<body style="margin:8px;background:#888;width:max-content">${shown.join('<br>')}`);
  await page.locator('body').screenshot({ path: join(folder, `sheet-${name}.png`) });
  await page.close();
}

async function main([folder, ...named]: readonly string[]): Promise<void> {
  const unknown = named.filter((name) => !ALL_STATES.includes(name));
  if (unknown.length > 0) throw new Error(`No such state: ${unknown.join(', ')}. There are ${ALL_STATES.join(', ')}.`);
  const server = await startServer();
  const browser = await chromium.launch({ ...launchOptions, executablePath: chromiumPath(process.env) });
  const room = await openRoom(server.url);
  await mkdir(folder ?? README_PICTURES, { recursive: true });
  try {
    if (folder === undefined) await readmePicture(browser, room);
    else await takeStates(browser, server.url, room, folder, named.length === 0 ? ALL_STATES : named);
  } finally {
    await browser.close();
    await server.stop();
  }
}

await main(process.argv.slice(2));
