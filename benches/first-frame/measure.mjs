// Time from navigation to the first remote video frame for the second person in a room: halloo's page beside
// the tutorial's, in turns, in one browser. Then the same for a person who reloads.
//
//   HALLOO_BIN=target/release/halloo node benches/first-frame/measure.mjs [--rounds 15]
//
// The browser is the one of the end-to-end tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromiumOptions } from '../../end2end/launch.mjs';

const ofTests = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = ofTests('@playwright/test');

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
if (!(rounds > 0)) throw new Error(`--rounds ${values.rounds}: not a number of rounds`);
const here = import.meta.dirname;
const binary = process.env.HALLOO_BIN ?? join(here, '../../target/release/halloo');

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

async function marksOf(page) {
  await page.waitForFunction(() => window.marks['first frame'], null, { polling: 20, timeout: 30_000 });
  return page.evaluate(() => ({
    ...window.marks,
    'first paint': Math.round(performance.getEntriesByType('paint')[0]?.startTime ?? 0),
  }));
}

async function newPerson(browser) {
  const context = await browser.newContext();
  await context.addInitScript({ path: join(here, 'marks.js') });
  return context.newPage();
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const ms = (list) => `${median(list)} ms (${Math.min(...list)} to ${Math.max(...list)})`;

const scratch = mkdtempSync(join(tmpdir(), 'halloo-first-frame-'));
const [ours, theirs] = [await freePort(), await freePort()];
const servers = [
  spawn(binary, ['--listen', `127.0.0.1:${ours}`, '--key-file', join(scratch, 'key')], { stdio: 'ignore' }),
  spawn(process.execPath, [join(here, 'tutorial/server.mjs'), String(theirs)], { stdio: 'ignore' }),
];
const browser = await chromium.launch(chromiumOptions());
try {
  for (const port of [ours, theirs]) {
    for (;;) {
      if (await fetch(`http://127.0.0.1:${port}/`).then((r) => r.ok, () => false)) break;
      await new Promise((next) => setTimeout(next, 50));
    }
  }
  const url = {
    halloo: (room) => `http://localhost:${ours}/r/${room}?join=now&name=Somebody`,
    tutorial: (room) => `http://localhost:${theirs}/?room=${room}`,
  };
  const joined = { halloo: [], tutorial: [], reload: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 ? ['halloo', 'tutorial'] : ['tutorial', 'halloo'];
    for (const which of order) {
      const room = `round-${round}`;
      const first = await newPerson(browser);
      await first.goto(url[which](room));
      const hasPicture = () => [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0);
      await first.waitForFunction(hasPicture);
      const second = await newPerson(browser);
      await second.goto(url[which](room));
      joined[which].push(await marksOf(second));
      if (which === 'halloo') {
        await second.reload();
        joined.reload.push(await marksOf(second));
      }
      await second.context().close();
      await first.context().close();
    }
  }
  const first = (which) => joined[which].map((marks) => marks['first frame']);
  const ratio = median(first('halloo')) / median(first('tutorial'));
  const back = median(first('reload')) / median(first('halloo'));
  console.log(`${rounds} rounds, Chromium ${browser.version()}; median (fastest to slowest)`);
  console.log(`first remote frame, tutorial: ${ms(first('tutorial'))}`);
  console.log(`first remote frame, halloo:   ${ms(first('halloo'))}`);
  console.log(`  ratio to the tutorial ${ratio.toFixed(2)}, budget 0.95`);
  console.log(`own seat back after a reload: ${ms(first('reload'))}`);
  console.log(`  ratio to a first join ${back.toFixed(2)}, budget 0.80`);
  for (const which of Object.keys(joined)) {
    console.log(`\nsteps, ${which}:`);
    const names = [...new Set(joined[which].flatMap(Object.keys))];
    const times = (name) => joined[which].map((marks) => marks[name]).filter(Number.isFinite);
    const steps = names.map((name) => [name, times(name)]);
    steps.sort(([, a], [, b]) => median(a) - median(b));
    for (const [name, list] of steps) console.log(`  ${name.padEnd(18)} ${ms(list)}`);
  }
} finally {
  await browser.close();
  for (const server of servers) server.kill();
  rmSync(scratch, { recursive: true, force: true });
}
