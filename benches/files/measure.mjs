// How fast a file goes from one page to another, beside a bare transfer between two pages of the same
// browsers, and how much memory the pages take meanwhile.
//
//   HALLOO_BIN=target/release/halloo node benches/files/measure.mjs [--megabytes 200] [--rounds 3]
//     [--from chromium] [--to chromium] [--bare memory|discard|alike]
//
// The bare transfer asks nobody and hashes nothing: see bare.js. Ours hashes at both ends and writes the
// file, in a call. The bare pages keep the file in memory, or nothing of it, or have a call and write it.
// Rounds of both alternate. Calls have microphones and cameras switched off.
import { createReadStream, mkdtempSync, rmSync, writeSync, openSync, closeSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromiumOptions, firefoxOptions } from '../../end2end/launch.mjs';
import { startServer } from '../../scripts/server.mjs';

const ofTests = createRequire(new URL('../../end2end/package.json', import.meta.url));
const playwright = ofTests('@playwright/test');

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    from: { type: 'string', default: 'chromium' },
    to: { type: 'string', default: 'chromium' },
    bare: { type: 'string', default: 'memory' },
  },
});
const megabytes = Number(values.megabytes);
if (!['memory', 'discard', 'alike'].includes(values.bare)) throw new Error(`--bare ${values.bare}?`);
const scratch = mkdtempSync(join(tmpdir(), 'halloo-files-'));
const path = join(scratch, 'file.bin');
writeFile();
const { origin, stop } = await startServer();
const bare = await serveBare();
const options = { chromium: chromiumOptions, firefox: firefoxOptions };
const launch = (name) => playwright[name].launch(options[name]());
const from = await launch(values.from);
const to = values.to === values.from ? from : await launch(values.to);
try {
  const rates = { bare: [], ours: [] };
  const most = { bare: 0, ours: 0 };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const transfers = { bare: await bareTransfer(), ours: await ourTransfer(`files-${round}`, false) };
    for (const [which, { rate, memory }] of Object.entries(transfers)) {
      rates[which].push(rate);
      most[which] = Math.max(most[which], memory);
    }
    const [one, other] = [transfers.bare, transfers.ours].map(({ rate }) => rate.toFixed(1));
    console.log(`round ${round + 1}: bare ${one} MB/s, ours ${other} MB/s`);
  }
  const [one, other] = [rates.bare, rates.ours].map(median);
  console.log(`${megabytes} MB from ${values.from} to ${values.to}, medians:`);
  console.log(`bare ${one.toFixed(1)} MB/s, ours ${other.toFixed(1)} MB/s: ${(other / one).toFixed(2)} x`);
  if (most.ours > 0) {
    const { memory } = await ourTransfer('files-memory', true);
    const [garbage, bare, kept] = [most.ours, most.bare, memory].map((megabytes) => megabytes.toFixed(1));
    console.log(`memory of a page above idle, at most: ${kept} MB;`);
    console.log(`with garbage ${garbage} MB, bare ${bare} MB`);
  }
} finally {
  await from.close();
  if (to !== from) await to.close();
  stop();
  bare.server.close();
  rmSync(scratch, { recursive: true });
}

function median(list) {
  return [...list].sort((one, other) => one - other)[Math.floor(list.length / 2)];
}

/** Bytes that no part of the system can compress away. */
function writeFile() {
  const block = Buffer.alloc(1_000_000);
  let state = 1;
  const file = openSync(path, 'w');
  for (let part = 0; part < megabytes; part += 1) {
    for (let at = 0; at < block.length; at += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      block.writeUInt32LE(state, at);
    }
    writeSync(file, block);
  }
  closeSync(file);
}

/** The page of the bare transfer. */
function serveBare() {
  const server = createServer((request, response) => {
    const name = request.url === '/bare.js' ? 'bare.js' : 'bare.html';
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html');
    createReadStream(join(import.meta.dirname, name)).pipe(response);
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done({ server, origin: `http://127.0.0.1:${server.address().port}` });
    });
  });
}

/** Megabytes in a second, and the memory of the pages above what is idle. */
async function bareTransfer() {
  const pages = [await from.newPage(), await to.newPage()];
  for (const page of pages) await page.goto(`${bare.origin}/?${values.bare}`);
  const [sender, receiver] = pages;
  // With a device in use, browsers name their addresses instead of hiding them.
  for (const page of pages) await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }));
  const offer = await sender.evaluate(() => window.begin());
  const answer = await receiver.evaluate((offer) => window.answer(offer), offer);
  await sender.evaluate((answer) => window.complete(answer), answer);
  await sender.evaluate(() => {
    document.body.innerHTML = '<input type="file">';
  });
  await sender.locator('input').setInputFiles(path);
  const memory = await watchMemory(pages, false);
  const ms = await sender.evaluate(() => window.transfer(document.querySelector('input').files[0]));
  const most = await memory.stop();
  for (const page of pages) await page.close();
  return { rate: megabytes / (ms / 1_000), memory: most };
}

/** Likewise, from the click that accepts. With `collects` garbage does not count, which takes time. */
async function ourTransfer(room, collects) {
  const people = [await enter(from, room, 'Ada'), await enter(to, room, 'Bob')];
  const [ada, bob] = people;
  for (const page of people) {
    for (const device of ['toggle-mic', 'toggle-camera']) await page.getByTestId(device).click();
    await page.getByTestId('open-chat').click();
  }
  await ada.getByTestId('send-file').locator('input').setInputFiles(path);
  await bob.getByTestId('accept-file').waitFor();
  const memory = await watchMemory(people, collects);
  const ms = await bob.evaluate(async () => {
    const start = performance.now();
    document.querySelector('[data-testid=accept-file]').click();
    const done = () => document.querySelector('[data-testid=received-file]');
    await new Promise((seen) => {
      const observer = new MutationObserver(() => done() && (observer.disconnect(), seen()));
      observer.observe(document.body, { childList: true, subtree: true });
    });
    return performance.now() - start;
  });
  const most = await memory.stop();
  for (const page of people) await page.context().close();
  return { rate: megabytes / (ms / 1_000), memory: most };
}

async function enter(browser, room, name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(`${origin}/r/${room}?join=now&name=${name}`);
  await page.getByTestId('open-chat').waitFor();
  return page;
}

/** Chromium says how much memory the scripts of a page take; of other browsers nothing is known. */
async function watchMemory(pages, collects) {
  const sessions = [];
  for (const page of pages) {
    const session = await page.context().newCDPSession(page).catch(() => undefined);
    if (session) sessions.push(session);
  }
  const collect = () => Promise.all(sessions.map((session) => session.send('HeapProfiler.collectGarbage')));
  const used = async () => {
    if (collects) await collect();
    const all = await Promise.all(sessions.map((session) => session.send('Runtime.getHeapUsage')));
    return all.map(({ usedSize, backingStorageSize = 0 }) => (usedSize + backingStorageSize) / 1e6);
  };
  await collect();
  const idle = await used();
  let most = 0;
  let goes = true;
  const watching = (async () => {
    while (goes) {
      const now = await used();
      most = Math.max(most, ...now.map((bytes, at) => bytes - idle[at]));
      await new Promise((done) => { setTimeout(done, 200); });
    }
  })();
  return {
    async stop() {
      goes = false;
      await watching;
      return most;
    },
  };
}
