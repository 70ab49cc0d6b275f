/** People in rooms, each with a browser context of their own, and what they see as data. */
import type { Browser, BrowserContext, Page } from 'playwright/test';
import { expect } from 'playwright/test';

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
}

/** Opens a room through the API, as the button on the home page does. */
export async function openRoom(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: '{}',
  });
  expect(answer.status).toBe(201);
  const { room } = (await answer.json()) as { room: string };
  return `${url}/rooms/${room}`;
}

/** A new person with nothing remembered, joined under `name`. */
export async function visit(browser: Browser, room: string, name: string): Promise<Visitor> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(room);
  await join(page, name);
  return { page, context };
}

/** Nothing trains before Run is pressed: most of what is tested here sets several knobs first. As if turned off in another tab. */
export const runsByPressOnly = (page: Page): Promise<void> =>
  page.evaluate(() => {
    localStorage.setItem('polytope:run-on-release', 'false');
    dispatchEvent(new StorageEvent('storage'));
  });

/** At a room's door: goes in under `name`, and is in. Runs begin by a press on Run. */
export async function join(page: Page, name: string): Promise<void> {
  await runsByPressOnly(page);
  await page.getByTestId('name').fill(name);
  await page.getByTestId('join-button').click();
  await expectJoined(page);
  await expect(page.getByTestId('person').filter({ hasText: initial(name) })).toBeVisible();
}

/** People are told of a newcomer before the newcomer is: until the sheet is gone, keys are its own. */
export const expectJoined = (page: Page): Promise<void> => expect(page.getByTestId('name')).toHaveCount(0);

const initial = (name: string): string => name.charAt(0);

/** One arrow of the large figure, in data units. */
export interface Arrow {
  readonly feature: number;
  readonly x: number;
  readonly y: number;
}

/** The arrows of the directions figure as they stand. */
export const arrows = (page: Page): Promise<readonly Arrow[]> =>
  page
    .getByTestId('directions')
    .locator('[data-feature][data-x]')
    .evaluateAll((nodes) =>
      nodes.map((node) => ({
        feature: Number(node.getAttribute('data-feature')),
        x: Number(node.getAttribute('data-x')),
        y: Number(node.getAttribute('data-y')),
      })),
    );

export const length = ({ x, y }: Arrow): number => Math.hypot(x, y);

/** Features whose arrow is longer than one half: "represented". */
export const represented = async (page: Page): Promise<number> =>
  (await arrows(page)).filter((arrow) => length(arrow) > 0.5).length;

/** The step under the figure, as a number. */
export async function shownStep(page: Page): Promise<number> {
  const text = (await page.getByTestId('step-label').textContent()) ?? '';
  return Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', '') ?? 'NaN');
}

/** The step at which the showing has come to rest. */
export async function restingStep(page: Page): Promise<number> {
  let before = Number.NaN;
  await expect
    .poll(
      async () => {
        const step = await shownStep(page);
        const rests = step === before;
        before = step;
        return rests;
      },
      { intervals: [500] },
    )
    .toBe(true);
  return before;
}

/** Small enough to train in a moment, large enough that the pentagon forms. */
export async function makeQuick(page: Page): Promise<void> {
  await setNumber(page, 'densities', '3');
  await setNumber(page, 'densityTo', '0.1');
  await setNumber(page, 'replicas', '8');
  await setNumber(page, 'batch', '256');
  await setNumber(page, 'learningRate', '0.005');
  await setNumber(page, 'steps', '3000');
}

/** Long enough to be interrupted, on any machine. */
export async function makeLong(page: Page): Promise<void> {
  await setNumber(page, 'densities', '3');
  await setNumber(page, 'batch', '4096');
  await setNumber(page, 'steps', '200000');
}

export async function setNumber(page: Page, parameter: string, value: string): Promise<void> {
  const field = page.getByTestId(`parameter-${parameter}`).locator('input[type=number], input[inputmode]').first();
  await field.fill(value);
  await field.press('Enter');
}
