// Which browsers the tests drive, and how each is started with a fake camera and a fake microphone.
//
//   node end2end/browsers.mjs    lists them; fails if one is missing
//
// HALLOO_CHROMIUM and HALLOO_FIREFOX each name an executable, or are `bundled` for the one that Playwright brings.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, firefox } from '@playwright/test';

/** @typedef {'chromium' | 'firefox'} BrowserName */
/**
 * What only a browser of its own can do.
 *
 * `languages` and `dark` are for Firefox: Playwright cannot set them for one page there, as it can in Chromium.
 *
 * @typedef {{ denyMedia?: boolean, languages?: string, dark?: boolean }} Wishes
 */

/** A host that leads to this machine without being trusted like `localhost`: pages on it get no camera. */
export const INSECURE_HOST = 'insecure.test';

const INSTALLED = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  firefox: ['firefox-esr', 'firefox'],
};

const OUTSIDE_PATH = {
  chromium: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  firefox: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
};

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The installed browser; nothing where Playwright's own is to be taken.
 *
 * @param {BrowserName} name
 * @returns {string | undefined}
 */
function installed(name) {
  const named = process.env[`HALLOO_${name.toUpperCase()}`];
  if (named) return named === 'bundled' ? undefined : named;
  const directories = (process.env.PATH ?? '').split(delimiter);
  const candidates = INSTALLED[name].flatMap((file) => directories.map((directory) => join(directory, file)));
  return [...candidates, ...OUTSIDE_PATH[name]].find(isExecutable);
}

/**
 * The executable that will be started, or nothing if there is none.
 *
 * @param {BrowserName} name
 */
export function executable(name) {
  const path = installed(name) ?? { chromium, firefox }[name].executablePath();
  return existsSync(path) ? path : undefined;
}

/**
 * How Playwright starts a browser.
 *
 * @param {BrowserName} name
 * @param {Wishes} wishes
 * @returns {import('@playwright/test').LaunchOptions}
 */
export function launchOptions(name, wishes = {}) {
  return name === 'chromium' ? chromiumOptions(wishes) : firefoxOptions(wishes);
}

/** @param {Wishes} wishes */
function chromiumOptions({ denyMedia }) {
  return {
    executablePath: installed('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      `--use-fake-ui-for-media-stream${denyMedia ? '=deny' : ''}`,
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ],
  };
}

/** @param {Wishes} wishes */
function firefoxOptions({ denyMedia, languages = 'en-US,en', dark }) {
  const executablePath = installed('firefox');
  return {
    // A Firefox as it is released is driven by WebDriver BiDi, Playwright's own by a protocol of its own.
    ...(executablePath ? { executablePath, channel: 'moz-firefox' } : {}),
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'network.dns.localDomains': INSECURE_HOST,
      'intl.accept_languages': languages,
      'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
      ...(denyMedia
        ? { 'permissions.default.camera': 2, 'permissions.default.microphone': 2 }
        : { 'media.navigator.permission.disabled': true }),
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    const path = executable(name);
    console.log(`${name}: ${path ?? 'missing'}`);
    if (!path) process.exitCode = 1;
  }
}
