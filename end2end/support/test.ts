// The fixtures of every test. Import `test` and `expect` from here, never from Playwright.
import { randomBytes } from 'node:crypto';
import { chromium, firefox, test as base, type Browser } from '@playwright/test';
import { launchOptions, type BrowserName, type Wishes } from '../browsers.mjs';
import { Person, type PersonOptions } from './person.ts';
import { Server } from './server.ts';

export { expect } from '@playwright/test';
export { Person } from './person.ts';
export type { Server } from './server.ts';

type Arrive = (options?: PersonOptions & { browser?: Browser; server?: Server }) => Promise<Person>;
type Launch = (wishes?: Wishes, name?: BrowserName) => Promise<Browser>;

interface Fixtures {
  /** A name that no other test uses. */
  room: string;
  /** Brings somebody; afterwards nobody's browser may have complained about anything. */
  person: Arrive;
  /** Starts a browser for this test alone; by default of the kind that the test runs in. */
  launch: Launch;
  /** A server that the test may stop and start. */
  ownServer: Server;
}

interface WorkerFixtures {
  /** A server with its defaults, for all tests. */
  server: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: 'worker' },
  ],

  ownServer: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.dispose();
  },

  room: async ({}, use) => use(`test-${randomBytes(4).toString('hex')}`),

  launch: async ({ browserName }, use) => {
    const usual = browserName === 'firefox' ? 'firefox' : 'chromium';
    const browsers: Browser[] = [];
    await use(async (wishes = {}, name = usual) => {
      const browser = await { chromium, firefox }[name].launch(launchOptions(name, wishes));
      browsers.push(browser);
      return browser;
    });
    await Promise.all(browsers.map((browser) => browser.close()));
  },

  person: async ({ browser, server, launch: _closedLater }, use) => {
    const people: Person[] = [];
    await use(async ({ browser: other, server: theirs, ...options } = {}) => {
      const person = await Person.arrive(other ?? browser, theirs ?? server, options);
      people.push(person);
      return person;
    });
    const problems = people.flatMap((person) => person.problems);
    await Promise.all(people.map((person) => person.context.close()));
    if (problems.length) throw new Error(`The browsers complained:\n${problems.join('\n')}`);
  },
});
