// A server for all tests of a worker, and people with browsers of their own.

import { randomBytes } from 'node:crypto';
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Coturn } from './coturn.ts';
import { LessonServer } from './lesson.ts';
import { watchTracks } from './media.ts';
import { Proxy } from './proxy.ts';
import { Halloo } from './room.ts';
import { Server } from './server.ts';
import { browserThatTrusts } from './trust.mjs';
import { watchConnections } from './watch.mjs';
import { listenIn } from './wire.ts';

export { expect } from '@playwright/test';

/** Skips the test, and prints why. */
export function skip(reason: string): void {
  console.log(`skipped: ${reason}`);
  test.skip(true, reason);
}

export interface PersonOptions extends BrowserContextOptions {
  /** Another browser than the project's. */
  browser?: Browser;
  /** Where the server is reached, if not at its usual address. */
  url?: string;
  /** Changes the devices of every page before its own code runs. Not run in empty pages, which have none. */
  prepare?: () => void;
  /** Pictures as large as the page asks for. Otherwise they are small: one machine plays everybody. */
  largePictures?: boolean;
}

/** Somebody with a browser context and a page. Whatever goes wrong in any of its pages fails the test. */
export class Person extends Halloo {
  constructor(
    page: Page,
    url: string,
    private readonly problems: string[],
    private readonly expected: RegExp[] = [],
  ) {
    super(page, url);
  }

  /** Another tab of the same browser context. */
  async another(): Promise<Person> {
    return new Person(await this.page.context().newPage(), this.url, this.problems, this.expected);
  }

  /** What "duplicate tab" does: another tab that starts with a copy of this one's memory. */
  async duplicate(): Promise<Person> {
    const memory = await this.page.evaluate(() => Object.entries({ ...sessionStorage }));
    expect(memory.length, 'the seat is remembered').toBeGreaterThan(1);
    const twin = await this.another();
    await twin.page.addInitScript(
      ({ origin, memory }) => {
        if (location.origin !== origin || sessionStorage.length > 0) return;
        for (const [key, value] of memory) sessionStorage.setItem(key, String(value));
      },
      { origin: this.url, memory },
    );
    return twin;
  }

  override async goto(path: string): Promise<void> {
    if (this.page.url() !== 'about:blank') this.allowCutParts();
    await super.goto(path);
  }

  /** Loads the page anew. */
  async reload(): Promise<void> {
    this.allowCutParts();
    await this.page.reload();
    await this.live();
  }

  /** Lets the loader of parts complain, which are fetched ahead, of a page that is left meanwhile. */
  allowCutParts(): void {
    this.allow(/WebAssembly compilation aborted: Network error/, /Failed to fetch\s+at \S*__wasm_split/);
    // Firefox's words for it.
    this.allow(/^TypeError: NetworkError when attempting to fetch/, /^AbortError: The operation was aborted/);
  }

  /** Lets the browser complain about a server that cannot be reached. */
  allowLostServer(): void {
    this.allow(/WebSocket connection to|can.t establish a connection to the server|connection to ws/);
    // Parts of the client are fetched ahead while a call goes on.
    this.allow(/Failed to load resource: net::/, /TypeError: (Failed to fetch|NetworkError)/);
  }

  /** Lets problems that match happen: the test brings them about. */
  allow(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  unexpectedProblems(): string[] {
    return this.problems.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }
}

interface TestFixtures {
  /** The name of a room that no other test uses. */
  room: string;
  /** Makes another person. */
  person: (options?: PersonOptions) => Promise<Person>;
  /** Makes what lasts as long as all people of the test. */
  make: {
    /** Another server, with these flags. */
    server: (...flags: string[]) => Promise<Server>;
    /** A browser of this name that trusts the certificate that the server has made. */
    browserThatTrusts: (server: Server, name: string) => Promise<Browser>;
    /** A TURN server that believes logins made with this secret. */
    coturn: (secret: string) => Promise<Coturn>;
    /** A way to a server that can be cut. */
    wayTo: (server: Server) => Promise<Proxy>;
    /** A server that has the page of the tutorial, and whatever this one has. */
    lessonAt: (server: Server) => Promise<LessonServer>;
  };
}

interface WorkerFixtures {
  server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: 'worker' },
  ],

  room: async ({}, use) => use(`room-${randomBytes(5).toString('hex')}`),

  make: async ({}, use) => {
    const ends: (() => void | Promise<void>)[] = [];
    await use({
      server: async (...flags) => {
        const server = await Server.start(...flags);
        ends.push(() => server.dispose());
        return server;
      },
      browserThatTrusts: async (server, name) => {
        const browser = await browserThatTrusts(server, name);
        ends.push(() => browser.close());
        return browser;
      },
      coturn: async (secret) => {
        const coturn = await Coturn.start(secret);
        ends.push(() => coturn.dispose());
        return coturn;
      },
      wayTo: async ({ port }) => {
        const proxy = await Proxy.start(port);
        ends.push(() => proxy.close());
        return proxy;
      },
      lessonAt: async (server) => {
        const lesson = await LessonServer.start(server);
        ends.push(() => lesson.close());
        return lesson;
      },
    });
    for (const end of ends.reverse()) await end();
  },

  // Depends on `make` so that people go first.
  person: async ({ browser, server, make: _ }, use) => {
    if (!server.running) await server.restart();
    const people: Person[] = [];
    await use(async (options = {}) => {
      const made = await makePerson(options, options.browser ?? browser, options.url ?? server.url);
      people.push(made);
      return made;
    });
    const problems = people.map((person) => person.unexpectedProblems());
    for (const person of people) await person.page.context().close();
    expect(problems, 'errors in the pages, by person').toEqual(people.map(() => []));
  },
});

async function makePerson(options: PersonOptions, browser: Browser, url: string): Promise<Person> {
  const { browser: _browser, url: _url, prepare, largePictures, ...contextOptions } = options;
  const context = await browser.newContext({ locale: 'en-US', ...contextOptions });
  const problems: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`);
    });
    // Firefox tells the driver of an error that is logged neither its kind nor its message.
    const log = console.error.bind(console);
    console.error = (...things: unknown[]) =>
      log(...things.map((thing) => (thing instanceof Error ? `${thing}\n${thing.stack}` : thing)));
  });
  if (!largePictures) await context.addInitScript(makePicturesSmall);
  if (prepare) await context.addInitScript({ content: `if (navigator.mediaDevices) (${prepare})();` });
  await watchConnections(context);
  await watchTracks(context);
  await listenIn(context);
  context.on('page', (page) => {
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('crash', () => problems.push('the page crashed'));
  });
  return new Person(await context.newPage(), url, problems);
}

/** Whatever size the page asks the camera for, 320x180 is what the browser is asked for. */
function makePicturesSmall(): void {
  if (!navigator.mediaDevices) return;
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (constraints) => {
    if (typeof constraints?.video !== 'object') return ask(constraints);
    return ask({ ...constraints, video: { ...constraints.video, width: 320, height: 180 } });
  };
}
