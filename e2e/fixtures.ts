/** One real server for a worker's tests, and people who leave when their test ends. */
import { test as base } from 'playwright/test';
import { visit, type Visitor } from './people.ts';
import { startServer, type RunningServer } from './server.ts';

interface People {
  /** A new person joins `room`; their browser context is closed with the test, and whatever it trains with it. */
  readonly arrive: (room: string, name: string) => Promise<Visitor>;
}

export const test = base.extend<People, { server: RunningServer }>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  arrive: async ({ browser }, use) => {
    const visitors: Visitor[] = [];
    await use(async (room, name) => {
      const visitor = await visit(browser, room, name);
      visitors.push(visitor);
      return visitor;
    });
    await Promise.all(visitors.map(({ context }) => context.close()));
  },
});

export { expect } from 'playwright/test';
