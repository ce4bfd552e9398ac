// Hosts with a network between them, and people with browsers on them. For measure.mjs and reach.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { chromiumOptions } from '../../end2end/launch.mjs';
import { watchConnections } from '../../end2end/watch.mjs';

const require = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

export const BINARY = resolve(import.meta.dirname, process.env.HALLOO_BIN ?? '../../target/release/halloo');
export const ADDRESSES = { server: '10.77.0.1', ada: '10.77.0.2', bob: '10.77.0.3' };
export const POLL_MS = 50;
const PATIENCE_MS = 90_000;

/** What ends with this program, last begun first. */
const ends = [];

/** Runs a program of tests in a directory of its own; what it has begun ends with it. */
export async function withHosts(main) {
  const directory = await mkdtemp(join(tmpdir(), 'halloo-networks-'));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  try {
    await main(directory);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Waits until something holds. */
export async function until(what, holds) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pause(POLL_MS);
  }
}

function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const gone = once(child, 'exit');
  ends.push(async () => {
    child.stdin.end();
    child.kill();
    await gone;
  });
  return child;
}

/** Starts a program on a host. */
export function start(host, command, options = {}) {
  return run('ip', ['netns', 'exec', `halloo-${host}`, ...command], options);
}

/** Runs a program on a host to its end; says how it ended. */
export async function statusOf(host, ...command) {
  const child = spawn('ip', ['netns', 'exec', `halloo-${host}`, ...command], { stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  return status;
}

/** The network between the hosts. What it gives changes the link of one of them. */
export async function startWire() {
  const hosts = Object.entries(ADDRESSES).map(([host, address]) => `${host}=${address}`);
  const wire = run('python3', [join(import.meta.dirname, 'wire.py'), ...hosts]);
  const answers = createInterface({ input: wire.stdout })[Symbol.asyncIterator]();
  const answered = async () => {
    if ((await answers.next()).done) throw new Error('the network has ended');
  };
  await answered();
  return async (host, link = {}) => {
    wire.stdin.write(`${JSON.stringify({ host, ...link })}\n`);
    await answered();
  };
}

/** A Chromium on a host, with these flags besides. */
export async function chromiumOn(host, directory, ...flags) {
  const options = chromiumOptions();
  const executablePath = await programOn(host, directory, `'${options.executablePath}' "$@"`);
  const browser = await chromium.launch({ ...options, executablePath, args: [...options.args, ...flags] });
  ends.push(() => browser.close());
  return browser;
}

async function programOn(host, directory, command) {
  const program = join(directory, host);
  await writeFile(program, `#!/bin/sh\nexec ip netns exec halloo-${host} ${command}\n`, { mode: 0o755 });
  return program;
}

/** Somebody with a browser on a host of their own. */
export class Person {
  /** Who reaches the server at this URL. */
  static async with(browser, host, url) {
    const context = await browser.newContext({ locale: 'en-US' });
    await watchConnections(context);
    // When there was a new picture, and by how many frames; by the clock of this machine, which all hosts share.
    await context.addInitScript((ms) => {
      window.pictures = [];
      let before = 0;
      setInterval(async () => {
        const { frames } = await window.received();
        if (frames > before) window.pictures.push(Date.now());
        before = frames;
      }, ms);
    }, POLL_MS);
    return new Person(host, await context.newPage(), url);
  }

  constructor(host, page, url) {
    this.host = host;
    this.page = page;
    this.url = url;
  }

  async enter(room) {
    const address = `${this.url}/r/${room}?join=now&name=${this.host}`;
    await until(`${this.host} reaches the server`, () => this.page.goto(address).then(() => true, () => false));
  }

  /** Moments of new pictures since then. */
  async picturesSince(ms) {
    return (await this.page.evaluate(() => window.pictures ?? [])).filter((at) => at >= ms);
  }

  /** The call is as if nothing had happened: five new pictures, and the page is content. */
  async isWellSince(ms) {
    const state = this.page.locator('[data-testid=call-status][data-state=connected]');
    return (await this.picturesSince(ms)).length >= 5 && (await state.count()) === 1;
  }
}

const both = (people, holds) => Promise.all(people.map(holds)).then((all) => all.every(Boolean));

/** Waits until all are in the call, from then on. */
export const allWell = (people, since = Date.now()) => until('a call', () => both(people, (one) => one.isWellSince(since)));
