import { defineConfig } from '@playwright/test';
import { chromiumOptions, firefoxOptions } from './launch.mjs';

const CI = Boolean(process.env['CI']);

export default defineConfig({
  testMatch: '*.spec.ts',
  // A call needs encoders and decoders for all of its pages: one test at a time.
  workers: 1,
  fullyParallel: false,
  // What fails now and then is broken.
  retries: 0,
  forbidOnly: CI,
  // What is waited for is polled for: a long limit costs time on a slow machine only.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: chromiumOptions() } },
    {
      name: 'firefox',
      use: { browserName: 'firefox', launchOptions: firefoxOptions() },
      // What hardly depends on the browser is tested in one; `cross` and `groups` start both themselves.
      testIgnore: /(a11y|cross|groups|language|links|origin|parts|together)\.spec\.ts/,
    },
  ],
});
