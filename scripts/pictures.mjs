// Writes the pictures of the README: a call of four on a desktop, and a call on a phone, dark and in Chinese.
//
//   node scripts/pictures.mjs [folder, by default docs]
//
// HALLOO_BIN names the server, by default target/release/halloo. Needs what the tests in browsers need.
import { join } from 'node:path';
import { chromium } from '../end2end/node_modules/playwright-core/index.mjs';
import { chromiumOptions } from '../end2end/launch.mjs';
import { enter, hideQualityMarks } from './people.mjs';
import { startServer } from './server.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../docs');
const DESKTOP = { viewport: { width: 1200, height: 720 }, locale: 'en', colorScheme: 'light' };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 1.5,
  locale: 'zh-CN',
  colorScheme: 'dark',
};

const { origin, stop } = await startServer();
const browser = await chromium.launch(chromiumOptions());
try {
  const desk = `${origin}/r/weekly-meeting`;
  const ada = await enter(browser, desk, 'Ada', DESKTOP);
  await enter(browser, desk, 'Ben');
  const [cleo, dan] = [await enter(browser, desk, 'Cleo'), await enter(browser, desk, 'Dan')];
  for (const page of [cleo, dan]) await page.getByTestId('toggle-mic').click();
  await dan.getByTestId('raise-hand').click();
  await shoot(ada, 3, 'call.png');
  const phone = `${origin}/r/kcp-g3i-mm5`;
  const ben = await enter(browser, phone, 'Ben', PHONE);
  await enter(browser, phone, 'Ada');
  await shoot(ben, 1, 'call-phone.png');
} finally {
  await browser.close();
  stop();
}

/** Takes a picture once so many others are seen, without marks that the machine is too slow for them. */
async function shoot(page, others, file) {
  const pictures = page.locator('.others > .tile[data-picture=true] video');
  // The first pictures are small.
  const grown = (count) => document.querySelectorAll('.others video').length === count &&
    [...document.querySelectorAll('.others video')].every((video) => video.videoWidth >= 640);
  await pictures.nth(others - 1).waitFor();
  await page.waitForFunction(grown, others);
  await page.getByTestId('pin').nth(others - 1).waitFor({ state: 'attached' });
  await hideQualityMarks(page);
  await page.mouse.move(5, 5);
  await page.screenshot({ path: join(folder, file) });
}
