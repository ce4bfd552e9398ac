// CPU time and upload of each person in a call of several, halloo's page beside a plain mesh, in turns. All
// people are pages of one Chromium, which is started anew for each call.
//
//   HALLOO_BIN=target/release/halloo node benches/mesh/measure.mjs [--people 4,6] [--rounds 3]
//     [--warm-up 20] [--seconds 15] [--camera 320x180] [--rate 10] [--window 640x360] [--json]
//
// One person speaks, and is large at everybody else in halloo's page. Linux: it reads /proc. The browser is
// the one of the end-to-end tests.
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumOptions } from '../../end2end/launch.mjs';
import { watchConnections } from '../../end2end/watch.mjs';
import { startServer } from '../../scripts/server.mjs';
import { machineSeconds, treeSeconds } from './cpu.mjs';
import { servePlainMesh } from './plain/server.mjs';

const ofTests = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = ofTests('@playwright/test');

const START_LIMIT_MS = 300_000;
/** What is compared: label, digits, and the goal for the ratio of halloo to the plain mesh. */
const MEASURES = {
  cpu: { label: 'CPU a person, s per s', digits: 3, goal: '<= 0.6' },
  upload: { label: 'upload a person, kbit/s', digits: 0, goal: '<= 0.6' },
  height: { label: 'large picture, lines', digits: 0, goal: '>= 1' },
  rate: { label: 'large picture, frames per s', digits: 1 },
  sent: { label: 'frames sent a person, per s', digits: 0 },
  machine: { label: 'processors busy', digits: 2 },
  starved: { label: 'senders limited by CPU', digits: 2 },
  squeezed: { label: 'senders limited by bandwidth', digits: 2 },
};

const options = readOptions();
const results = [];
for (const people of options.people) {
  const rounds = { halloo: [], plain: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    for (const which of round % 2 ? ['halloo', 'plain'] : ['plain', 'halloo']) {
      const measured = await call(which, people);
      rounds[which].push(measured);
      console.error(`${people} people, round ${round + 1}, ${which}: ${inWords(measured)}`);
    }
  }
  results.push({ people, ...compared(rounds), rounds });
}
if (options.json) console.log(JSON.stringify({ options, results }, undefined, 2));
else for (const result of results) report(result);

function readOptions() {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '4,6' },
      rounds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '20' },
      seconds: { type: 'string', default: '15' },
      rate: { type: 'string', default: '10' },
      camera: { type: 'string', default: '320x180' },
      window: { type: 'string', default: '640x360' },
      json: { type: 'boolean', default: false },
    },
  });
  const numbers = (name, separator) => {
    const list = values[name].split(separator).map(Number);
    if (!list.every((number) => number > 0)) throw new Error(`--${name} ${values[name]}: no numbers`);
    return list;
  };
  const size = (name) => {
    const [width, height] = numbers(name, 'x');
    if (!height) throw new Error(`--${name} ${values[name]}: not a size such as 320x180`);
    return { width, height };
  };
  return {
    people: numbers('people', ','),
    rounds: numbers('rounds', ',')[0],
    warmUp: numbers('warm-up', ',')[0],
    seconds: numbers('seconds', ',')[0],
    camera: { ...size('camera'), rate: numbers('rate', ',')[0] },
    window: size('window'),
    json: values.json,
  };
}

/** A call of so many people, measured once the estimates of bandwidth have grown. */
async function call(which, people) {
  const server = which === 'halloo' ? await startServer() : await servePlainMesh();
  const browser = await chromium.launchServer(browserOptions());
  try {
    const client = await chromium.connect(browser.wsEndpoint());
    const pages = [];
    for (let i = 0; i < people; i += 1) pages.push(await enter(which, client, server.origin, i));
    for (const page of pages) await page.waitForFunction(seesAll, people - 1, { timeout: START_LIMIT_MS });
    await pause(options.warmUp * 1_000);
    const before = await snapshot(browser.process().pid, pages);
    await pause(options.seconds * 1_000);
    return difference(before, await snapshot(browser.process().pid, pages), people);
  } finally {
    await browser.close();
    server.stop();
  }
}

/** As in the tests, with a camera of this rate. */
function browserOptions() {
  const { args, ...others } = chromiumOptions();
  const camera = '--use-fake-device-for-media-stream';
  const withRate = args.map((arg) => (arg === camera ? `${camera}=fps=${options.camera.rate}` : arg));
  return { ...others, args: withRate };
}

/** Somebody in the call. The first one speaks. */
async function enter(which, client, origin, index) {
  // A profile of its own, and so processes of its own, as on a machine of its own.
  const context = await client.newContext({ locale: 'en', viewport: options.window });
  const { width, height } = options.camera;
  await context.addInitScript(makeCameraSmall, { width, height });
  await watchConnections(context);
  const page = await context.newPage();
  const silent = index > 0;
  if (which === 'plain') {
    await page.goto(silent ? `${origin}/?silent` : origin);
    await page.waitForFunction((others) => window.watched.length === others, index);
    return page;
  }
  await context.addInitScript(() => localStorage.setItem('halloo.stage', 'speaker'));
  await page.goto(`${origin}/r/mesh?join=now&name=Person%20${index + 1}`);
  if (silent) await page.getByTestId('toggle-mic').click();
  if (index > 0) await page.locator('[data-testid=stage][data-layout=speaker]').waitFor();
  return page;
}

/** Whatever size the page asks the camera for, the browser is asked for this one. */
function makeCameraSmall(size) {
  const devices = MediaDevices.prototype;
  const { getUserMedia } = devices;
  devices.getUserMedia = function ask(constraints) {
    if (typeof constraints?.video !== 'object') return getUserMedia.call(this, constraints);
    return getUserMedia.call(this, { ...constraints, video: { ...constraints.video, ...size } });
  };
}

/** In the page: the pictures of so many others are there. */
function seesAll(others) {
  const videos = [...document.querySelectorAll('[data-testid=remote-video]')];
  return videos.length === others && videos.every(({ videoWidth }) => videoWidth > 0);
}

async function snapshot(pid, pages) {
  const [at, cpu, machine] = [performance.now() / 1_000, treeSeconds(pid), machineSeconds()];
  return { at, cpu, machine, pages: await Promise.all(pages.map((page) => page.evaluate(counters))) };
}

/** In the page: what it has sent, and what it has received of the person who is shown largest. */
async function counters() {
  const area = ({ clientWidth, clientHeight }) => clientWidth * clientHeight;
  const videos = [...document.querySelectorAll('[data-testid=remote-video]')];
  const large = videos.reduce((largest, video) => (area(video) > area(largest) ? video : largest));
  const [track] = large.srcObject.getVideoTracks();
  const page = { at: performance.now() / 1_000, bytes: 0, sent: 0, limits: [], height: large.videoHeight };
  for (const { connection } of window.watched) {
    if (connection.connectionState === 'closed') continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.kind !== 'video') continue;
      if (report.type === 'outbound-rtp') {
        page.bytes += report.bytesSent;
        page.sent += report.framesSent ?? 0;
        if (report.active !== false) page.limits.push(report.qualityLimitationReason);
      }
      if (report.type === 'inbound-rtp' && report.trackIdentifier === track.id) {
        page.large = track.id;
        page.frames = report.framesDecoded;
      }
    }
  }
  return page;
}

function difference(before, after, people) {
  const seconds = after.at - before.at;
  const pairs = before.pages.map((page, i) => [page, after.pages[i]]);
  const perSecond = ([first, last], count) => (last[count] - first[count]) / (last.at - first.at);
  const limits = after.pages.flatMap((page) => page.limits);
  const limitedBy = (reason) => limits.filter((limit) => limit === reason).length / limits.length;
  // Who is large may have changed meanwhile; then there is no rate.
  const rates = pairs.filter(([first, last]) => first.large && first.large === last.large);
  return {
    cpu: (after.cpu - before.cpu) / seconds / people,
    upload: mean(pairs.map((pair) => perSecond(pair, 'bytes'))) * 8 / 1_000,
    height: median(after.pages.map(({ height }) => height)),
    rate: median(rates.map((pair) => perSecond(pair, 'frames'))),
    sent: mean(pairs.map((pair) => perSecond(pair, 'sent'))),
    machine: (after.machine - before.machine) / seconds / availableParallelism(),
    starved: limitedBy('cpu'),
    squeezed: limitedBy('bandwidth'),
  };
}

/** Medians of the rounds, and of the ratios of the rounds. */
function compared(rounds) {
  const of = (which, name) => rounds[which].map((round) => round[name]);
  const medians = (which) =>
    Object.fromEntries(Object.keys(MEASURES).map((name) => [name, median(of(which, name))]));
  const ratios = (name) => of('halloo', name).map((value, round) => value / of('plain', name)[round]);
  const compare = ([name, { goal }]) => {
    const of = ratios(name);
    return [name, { median: median(of), lowest: Math.min(...of), highest: Math.max(...of), goal }];
  };
  const compared = Object.entries(MEASURES).filter(([, { goal }]) => goal).map(compare);
  return { halloo: medians('halloo'), plain: medians('plain'), ratios: Object.fromEntries(compared) };
}

function report({ people, halloo, plain, ratios }) {
  const { camera, rounds, seconds, warmUp } = options;
  const size = `${camera.width}x${camera.height} at ${camera.rate} frames per s`;
  console.log(`\n${people} people, camera ${size}; medians of ${rounds} rounds of ${seconds} s, ` +
    `after ${warmUp} s`);
  console.log(`${''.padEnd(30)}${'halloo'.padStart(9)}${'plain'.padStart(9)}  ratio`);
  for (const [name, { label, digits }] of Object.entries(MEASURES)) {
    const ratio = ratios[name];
    const [middle, lowest, highest] =
      [ratio?.median, ratio?.lowest, ratio?.highest].map((value) => value?.toFixed(2));
    const words = ratio ? `  ${middle} (${lowest} to ${highest}), goal ${ratio.goal}` : '';
    const cell = (value) => value.toFixed(digits).padStart(9);
    console.log(`${label.padEnd(30)}${cell(halloo[name])}${cell(plain[name])}${words}`);
  }
  if (Math.max(halloo.machine, plain.machine) > 0.9) {
    console.log('The processors had no time left: browsers then send less, and CPU times say little. ' +
      'Take a smaller or slower camera, or fewer people.');
  }
}

function inWords(measured) {
  const words = ([name, { label, digits }]) => `${label} ${measured[name].toFixed(digits)}`;
  return Object.entries(MEASURES).map(words).join('; ');
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}
