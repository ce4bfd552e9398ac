// A browser that opens a page of halloo and tells, as JSON lines, what its peer connections receive and
// decode.
//
//   node browser.mjs URL
//
// Commands on standard input, one a line: `reload`, and `lock` the room. It ends when standard input does.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromiumOptions } from '../../end2end/launch.mjs';
import { watchConnections } from '../../end2end/watch.mjs';

const require = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const say = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

const browser = await chromium.launch(chromiumOptions());
const context = await browser.newContext({ permissions: ['camera', 'microphone'] });

await watchConnections(context);

const page = await context.newPage();
page.on('console', (message) => message.type() === 'error' && say('console_error', { text: message.text() }));
page.on('pageerror', (error) => say('page_error', { text: String(error) }));

// Where each screen had got to when it was last told of: one that plays is further on now.
await context.addInitScript(() => {
  const times = new Map();
  window.screens = () => [...document.querySelectorAll('[data-testid=remote-screen]')].map((video) => {
    const { currentTime, videoWidth: width, dataset: { peer } } = video;
    const plays = video.checkVisibility() && currentTime > (times.get(peer) ?? Infinity);
    times.set(peer, currentTime);
    return { peer, width, plays };
  });
});

async function received() {
  return page.evaluate(async () => {
    const { frames, samples, energy } = await window.received();
    return {
      frames,
      audio_samples: samples,
      audio_energy: energy,
      states: window.watched.map(({ connection }) => connection.connectionState),
      call_state: document.querySelector('[data-testid=call-status]')?.dataset.state,
      hands: [...document.querySelectorAll('[data-testid=hand] .hand')].map(({ textContent }) =>
        textContent.replace(/\D/g, ''),
      ),
      remote_screens: window.screens(),
      remote_videos: document.querySelectorAll('[data-testid=remote-video]').length,
    };
  });
}

let open = true;
const commands = createInterface({ input: process.stdin });
commands.on('line', (line) => line === 'reload' && page.reload().catch(() => {}));
commands.on('line', async (line) => {
  if (line !== 'lock') return;
  await page.getByTestId('open-more').click();
  await page.getByTestId('lock-room').click();
});
commands.on('close', () => {
  open = false;
});

await page.goto(process.argv[2]);
while (open) {
  try {
    say('media', await received());
  } catch (error) {
    // A page that is just being loaded anew cannot be asked.
    say('busy', { text: String(error).split('\n')[0] });
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
}
await browser.close();
