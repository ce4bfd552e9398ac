// The browsers that the tests run in.
//
//   node browsers.mjs    prints where they are; ends with 1 if one is missing
//
// Looked for in HALLOO_CHROMIUM and HALLOO_FIREFOX, then among the installed programs, then among
// Playwright's own.

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium as playwrightChromium, firefox as playwrightFirefox } from '@playwright/test';

/**
 * @typedef {{ path: string, own: boolean }} Browser `own`: one of Playwright's builds, driven by its own
 * protocol.
 */

/** @param {string} path */
function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} names */
function installed(names) {
  const directories = (env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(executable);
}

/**
 * @param {string | undefined} chosen
 * @param {string[]} names
 * @param {() => string} ownPath
 * @returns {Browser | undefined}
 */
function find(chosen, names, ownPath) {
  // A browser that was named must be there: falling back would test another one than was asked for.
  if (chosen) return executable(chosen) ? { path: chosen, own: false } : undefined;
  const found = installed(names);
  if (found) return { path: found, own: false };
  const own = ownPath();
  return existsSync(own) ? { path: own, own: true } : undefined;
}

/** The Chromium to test in, if there is one. */
export const chromium = find(env['HALLOO_CHROMIUM'], ['chromium', 'chromium-browser', 'google-chrome'], () =>
  playwrightChromium.executablePath(),
);

/** The Firefox to test in, if there is one. */
export const firefox = find(env['HALLOO_FIREFOX'], ['firefox-esr', 'firefox'], () =>
  playwrightFirefox.executablePath(),
);

if (argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`chromium: ${chromium?.path ?? 'missing'}`);
  console.log(`firefox: ${firefox?.path ?? 'missing'}`);
  exit(chromium && firefox ? 0 : 1);
}
