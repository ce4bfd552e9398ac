import { defineConfig } from '@playwright/test';
import { launchOptions } from './browsers.mjs';

const ACROSS_BROWSERS = /cross\.spec\.ts/;

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  reporter: 'list',
  forbidOnly: true,
  // A test that passes at the second try has found something.
  retries: 0,
  // Two browsers that send and decode video fill a small machine.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: { screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'chromium',
      testIgnore: ACROSS_BROWSERS,
      use: { browserName: 'chromium', launchOptions: launchOptions('chromium') },
    },
    {
      name: 'firefox',
      testIgnore: ACROSS_BROWSERS,
      use: { browserName: 'firefox', launchOptions: launchOptions('firefox') },
    },
    // Starts both browsers in each test.
    { name: 'cross', testMatch: ACROSS_BROWSERS, use: { browserName: 'chromium', launchOptions: launchOptions('chromium') } },
  ],
});
