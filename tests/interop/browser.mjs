// A browser that opens a page of halloo and tells, as JSON lines, what its peer connections receive and decode.
//
//   node browser.mjs URL
//
// Commands on standard input, one a line: `reload`. It ends when standard input does.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const installed = [
  process.env.CHROMIUM_BIN,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path));

const say = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

const browser = await chromium.launch({
  executablePath: installed,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
  ],
});
const context = await browser.newContext({ permissions: ['camera', 'microphone'] });

// Remembers every peer connection of the page, so that their statistics can be read from outside.
await context.addInitScript(() => {
  const Original = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Original {
    constructor(...args) {
      super(...args);
      window.connections.push(this);
    }
  };
});

const page = await context.newPage();
page.on('console', (message) => message.type() === 'error' && say('console_error', { text: message.text() }));
page.on('pageerror', (error) => say('page_error', { text: String(error) }));

async function received() {
  return page.evaluate(async () => {
    const total = { frames: 0, audio_samples: 0, audio_energy: 0, states: [] };
    for (const connection of window.connections) {
      total.states.push(connection.connectionState);
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        total.frames += report.framesDecoded ?? 0;
        total.audio_samples += report.totalSamplesReceived ?? 0;
        total.audio_energy += report.totalAudioEnergy ?? 0;
      }
    }
    return {
      ...total,
      call_state: document.querySelector('[data-testid=call-status]')?.dataset.state,
      remote_videos: document.querySelectorAll('[data-testid=remote-video]').length,
    };
  });
}

let open = true;
const commands = createInterface({ input: process.stdin });
commands.on('line', (line) => line === 'reload' && page.reload().catch(() => {}));
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
