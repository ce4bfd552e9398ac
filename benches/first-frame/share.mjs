// How long it takes from pressing *Share screen* to the first frame of it at the other person, for the first
// screen of a call, which is negotiated, and for the next one, which is not.
//
//   HALLOO_BIN=target/release/halloo node benches/first-frame/share.mjs [--rounds 5]
//
// Two pages of one Chromium. The screen is a drawing, so that no question is asked and answered.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { chromiumOptions } from '../../end2end/launch.mjs';
import { startServer } from '../../scripts/server.mjs';

const ofTests = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = ofTests('@playwright/test');

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const { origin, stop } = await startServer();
const browser = await chromium.launch(chromiumOptions());
try {
  const times = { first: [], next: [] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const { first, next } = await shareTwice(`share-${round}`);
    times.first.push(first);
    times.next.push(next);
  }
  for (const [which, all] of Object.entries(times)) {
    const sorted = all.sort((one, other) => one - other);
    const [least, median, most] = [0, 0.5, 1].map((part) => sorted[Math.round(part * (sorted.length - 1))]);
    console.log(`${which} screen: ${median} ms (${least} to ${most})`);
  }
} finally {
  await browser.close();
  stop();
}

async function shareTwice(room) {
  const [ada, ben] = await Promise.all(['Ada', 'Ben'].map((name) => enter(room, name)));
  // So that both have what loads late.
  for (const page of [ada, ben]) await page.getByTestId('pin').waitFor();
  const first = await share(ada, ben);
  await ada.getByTestId('share-screen').click();
  await ben.getByTestId('remote-screen').waitFor({ state: 'hidden' });
  const next = await share(ada, ben);
  for (const page of [ada, ben]) await page.context().close();
  return { first, next };
}

async function enter(room, name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.addInitScript(drawScreens);
  await page.goto(`${origin}/r/${room}?join=now&name=${name}`);
  await page.locator('[data-testid=call-status][data-state=connected]').waitFor();
  return page;
}

/** Milliseconds from the click to the first frame. Both pages have the clock of one machine. */
async function share(ada, ben) {
  const shown = ben.evaluate(async () => {
    const shown = () => document.querySelector('[data-testid=remote-screen]');
    while (!shown()) await new Promise((done) => { requestAnimationFrame(done); });
    const video = shown();
    await new Promise((done) => { video.requestVideoFrameCallback(done); });
    return performance.timeOrigin + performance.now();
  });
  await ada.evaluate(() => {
    addEventListener('click', () => { window.clicked = performance.timeOrigin + performance.now(); }, {
      capture: true,
      once: true,
    });
  });
  await ada.getByTestId('share-screen').click();
  return Math.round((await shown) - (await ada.evaluate(() => window.clicked)));
}

/** Runs in the pages. */
function drawScreens() {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1920, height: 1080 });
    const context = canvas.getContext('2d');
    let drawn = 0;
    setInterval(() => {
      drawn += 1;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, 1920, 1080);
      context.fillStyle = '#000';
      context.font = '40px monospace';
      for (let line = 0; line < 25; line += 1) context.fillText(`Line ${line} of ${drawn}`, 20, 40 * line);
    }, 100);
    return canvas.captureStream(10);
  };
}
