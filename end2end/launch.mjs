// How the browsers of the tests are started: with made-up devices, and without asking anybody.

import { chromium, firefox } from './browsers.mjs';
import { voice } from './voice.mjs';

/** @import { LaunchOptions } from '@playwright/test' */

/** A name for this machine that browsers do not trust like `localhost`: pages from it get no devices. */
export const INSECURE_HOST = 'halloo.test';

/** @returns {LaunchOptions} */
export function chromiumOptions() {
  if (!chromium) throw new Error('no Chromium: run make setup');
  return {
    executablePath: chromium.path,
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
      `--use-file-for-fake-audio-capture=${voice()}`,
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ],
  };
}

/** @returns {LaunchOptions} */
export function firefoxOptions() {
  if (!firefox) throw new Error('no Firefox: run make setup');
  return {
    executablePath: firefox.path,
    // A Firefox as it is released is driven by WebDriver BiDi, Playwright's own build by its own protocol.
    ...(firefox.own ? {} : { channel: 'moz-firefox' }),
    // Said because a test of the other project would otherwise hand on its own.
    args: [],
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      // Or no relay could be reached on this machine.
      'media.peerconnection.ice.loopback': true,
      'media.navigator.permission.disabled': true,
      'network.dns.localDomains': INSECURE_HOST,
      // Otherwise plain pages of named hosts are tried over HTTPS first.
      'dom.security.https_first': false,
    },
  };
}
