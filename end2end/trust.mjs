// Browsers that trust the certificate of one server. What a context ignores does not count for its
// connections to relays.

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, firefox } from '@playwright/test';
import { chromiumOptions, firefoxOptions } from './launch.mjs';

/**
 * A browser of this name. `directory` is where the server keeps its certificate.
 *
 * @param {{ directory: string }} server
 * @param {string} name
 */
export async function browserThatTrusts({ directory }, name) {
  if (name === 'firefox') {
    return firefox.launch({ ...firefoxOptions(), executablePath: await trustingFirefox(directory) });
  }
  const { args = [], ...options } = chromiumOptions();
  return chromium.launch({ ...options, args: [...args, '--ignore-certificate-errors'] });
}

/**
 * A program that puts the certificate into its profile before it becomes Firefox: there is no other way in.
 *
 * @param {string} directory
 */
async function trustingFirefox(directory) {
  const script = join(directory, `firefox-${process.pid}`);
  const certificate = join(directory, 'self-signed.pem');
  const lines = [
    '#!/bin/sh',
    'for argument; do',
    '  if [ "$before" = --profile ]; then',
    `    certutil -A -n halloo -t CP,, -i '${certificate}' -d "sql:$argument" || exit`,
    '  fi',
    '  before=$argument',
    'done',
    `exec '${firefoxOptions().executablePath}' "$@"`,
  ];
  await writeFile(script, lines.join('\n'));
  await chmod(script, 0o755);
  return script;
}
