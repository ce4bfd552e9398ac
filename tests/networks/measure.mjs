// Two browsers and the server on three hosts, and what becomes of a call when their network changes. Started
// by run.sh.
//
//   node measure.mjs [--runs N] [CASE...]    CASE: a part of the name of a case

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumOptions } from '../../end2end/launch.mjs';
import { watchConnections } from '../../end2end/watch.mjs';
import { ADDRESSES, BINARY, POLL_MS, atEnd, onHost, play, runOn, startWire, until } from './hosts.mjs';

const require = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const ADAS_OTHER_ADDRESS = '10.77.0.12';
const URL_OF_SERVER = `http://${ADDRESSES.server}:8080`;

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const runs = Number(values.runs);

/** Starts the server. Returns what starts it anew. */
function startServer(directory) {
  const address = `${ADDRESSES.server}:8080`;
  const flags = ['--listen', address, '--key-file', join(directory, 'key'), '--log', 'warn'];
  const start = () => runOn('server', [BINARY, ...flags], { cwd: directory });
  let server = start();
  return async () => {
    const gone = once(server, 'exit');
    server.kill();
    await gone;
    server = start();
  };
}

/** Somebody with a browser on a host of their own. */
class Person {
  static async on(host, directory) {
    const options = chromiumOptions();
    const program = join(directory, host);
    await writeFile(
      program,
      `#!/bin/sh\nexec ip netns exec halloo-${host} '${options.executablePath}' "$@"\n`,
      { mode: 0o755 },
    );
    const trusting = `--unsafely-treat-insecure-origin-as-secure=${URL_OF_SERVER}`;
    const browser = await chromium.launch({
      ...options,
      executablePath: program,
      args: [...options.args, trusting],
    });
    atEnd(() => browser.close());
    const context = await browser.newContext({ locale: 'en-US' });
    await watchConnections(context);
    // When there was a new picture, and by how many frames; by the clock of this machine, which all hosts
    // share.
    await context.addInitScript((ms) => {
      window.pictures = [];
      let before = 0;
      setInterval(async () => {
        const { frames } = await window.received();
        if (frames > before) window.pictures.push(Date.now());
        before = frames;
      }, ms);
    }, POLL_MS);
    return new Person(host, await context.newPage());
  }

  constructor(host, page) {
    this.host = host;
    this.page = page;
  }

  async enter(room) {
    const address = `${URL_OF_SERVER}/r/${room}?join=now&name=${this.host}`;
    await until(`${this.host} reaches the server`, () =>
      this.page.goto(address).then(
        () => true,
        () => false,
      ),
    );
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

const allWell = (people, since = Date.now()) =>
  until('a call', () => both(people, (one) => one.isWellSince(since)));

/** How long after `since` the last of them saw a picture again. */
async function untilPicture(people, since) {
  await allWell(people, since);
  const first = await Promise.all(people.map(async (one) => (await one.picturesSince(since))[0] - since));
  return Math.max(...first);
}

/** The longest time without a new picture since then, on either side. */
async function longestGap(people, since) {
  await allWell(people);
  const gaps = await Promise.all(
    people.map(async (one) => {
      const moments = [since, ...(await one.picturesSince(since))];
      return Math.max(...moments.slice(1).map((at, i) => at - moments[i]));
    }),
  );
  return Math.max(...gaps);
}

const cutFor = (seconds, drop) => async ({ link, people }) => {
  await link('ada', { drop });
  await pause(seconds * 1000);
  await link('ada');
  return untilPicture(people, Date.now());
};

const gapWhile = (happens) => async (scene) => {
  const since = Date.now();
  await happens(scene);
  return longestGap(scene.people, since);
};

const EVERYTHING = ['tcp', 'udp'];
const AGAIN = 'picture again after the path is back';
const GAP = 'longest time without a new picture';

const CASES = [
  { name: 'link cut for 5 s', figure: AGAIN, once: cutFor(5, EVERYTHING) },
  { name: 'link cut for 20 s', figure: AGAIN, once: cutFor(20, EVERYTHING) },
  { name: 'media cut for 10 s, signaling up', figure: AGAIN, once: cutFor(10, ['udp']) },
  {
    name: 'signaling cut until noticed, media up',
    figure: GAP,
    once: gapWhile(async ({ link, people }) => {
      await link('ada', { drop: ['tcp'] });
      await until('somebody notices', () => people[0].page.locator('[data-state=reconnecting]').count());
      await link('ada');
    }),
  },
  {
    name: 'address changed',
    figure: GAP,
    // Nobody moves twice in a few seconds.
    rest: 5_000,
    once: gapWhile(async (scene) => {
      const [from, to] = scene.moved
        ? [ADAS_OTHER_ADDRESS, ADDRESSES.ada]
        : [ADDRESSES.ada, ADAS_OTHER_ADDRESS];
      scene.moved = !scene.moved;
      await onHost('ada', 'ip', 'addr', 'del', `${from}/24`, 'dev', 'eth0');
      await onHost('ada', 'ip', 'addr', 'add', `${to}/24`, 'dev', 'eth0');
    }),
  },
  {
    name: 'over the relay: server restarted',
    figure: GAP,
    link: { away_from: ['bob'] },
    // Stalls in a row are not taken for changes of the network.
    rest: 5_000,
    once: gapWhile(({ restart }) => restart()),
  },
  {
    name: '5 % loss and 100 ms each way: reload',
    figure: 'picture after a reload',
    link: { loss: 0.05, delay_ms: 100 },
    once: async ({ people }) => {
      const since = Date.now();
      await people[0].page.reload();
      return untilPicture(people, since);
    },
  },
  {
    name: '5 % loss and 100 ms each way: a minute',
    figure: GAP,
    link: { loss: 0.05, delay_ms: 100 },
    runs: 1,
    once: gapWhile(() => pause(60_000)),
  },
];

async function measure(test, scene) {
  await scene.link('ada', test.link);
  await allWell(scene.people);
  const times = [];
  for (let i = 0; i < Math.min(runs, test.runs ?? runs); i += 1) {
    times.push(await test.once(scene));
    await allWell(scene.people);
    await pause(test.rest ?? 0);
  }
  await scene.link('ada');
  times.sort((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)];
  console.log(
    `${test.name.padEnd(40)} ${test.figure.padEnd(38)} ${times.length} runs, ` +
      `median ${median} ms, worst ${times.at(-1)} ms`,
  );
}

async function main() {
  const directory = await mkdtemp(join(tmpdir(), 'halloo-networks-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  const link = await startWire();
  const restart = startServer(directory);
  const people = [await Person.on('ada', directory), await Person.on('bob', directory)];
  for (const one of people) await one.enter('networks');
  const scene = { link, people, restart, moved: false };
  const wanted = CASES.filter(
    ({ name }) => !positionals.length || positionals.some((part) => name.includes(part)),
  );
  for (const test of wanted) await measure(test, scene);
}

await play(main);
