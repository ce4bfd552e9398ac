// Writes the pictures of the lesson, in both languages: what the signals view shows after steps 2, 3 and 5.
//
//   node scripts/lesson.mjs [folder, by default docs/lesson]
//
// HALLOO_BIN names the server, by default target/release/halloo. Needs what the tests in browsers need.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '../end2end/node_modules/playwright-core/index.mjs';
import { chromiumOptions } from '../end2end/launch.mjs';
import { enter, hideQualityMarks } from './people.mjs';
import { startServer } from './server.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../docs/lesson');
mkdirSync(folder, { recursive: true });
const { origin, stop } = await startServer('--codelab');
const browser = await chromium.launch(chromiumOptions());
try {
  for (const locale of ['en', 'zh-CN']) await take(locale);
} finally {
  await browser.close();
  stop();
}

async function take(locale) {
  const room = `lesson-${locale.toLowerCase()}`;
  const viewport = { width: 1100, height: 1240 };
  const page = await enter(browser, `${origin}/r/${room}`, 'Ada', { viewport, locale });
  await page.getByTestId('open-people').click();
  await page.getByTestId('open-signals').click();
  const entry = (kind) => page.locator(`[data-testid=signal-entry][data-kind="${kind}"]`);
  const shoot = async (name) => {
    await hideQualityMarks(page);
    const path = join(folder, `${name}.${locale}.png`);
    await page.getByRole('complementary').screenshot({ path });
  };

  const tutorial = await browser.newPage({ locale });
  await tutorial.goto(`${origin}/codelab/?room=${room}`);
  await page.locator('.others > .tile[data-picture=true] video').waitFor();
  await entry('joined').scrollIntoViewIfNeeded();
  await shoot('room');

  await entry('offer').first().click();
  await page.getByTestId('sdp-line').filter({ hasText: 'a=fingerprint:' }).first().click();
  await page.getByTestId('explained').first().scrollIntoViewIfNeeded();
  await shoot('offer');

  await page.getByTestId('signals-waterfall').click();
  await page.getByTestId('waterfall-step').last().waitFor();
  await shoot('waterfall');
  await page.context().close();
  await tutorial.close();
}
