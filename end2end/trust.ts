// Browsers that trust the certificate of one server. What a context ignores does not count for its connections to relays.

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, firefox, type Browser } from '@playwright/test';
import { chromiumOptions, firefoxOptions } from './launch.mjs';
import type { Server } from './server.ts';

export async function browserThatTrusts(server: Server, name: string): Promise<Browser> {
  if (name === 'firefox') {
    return firefox.launch({ ...firefoxOptions(), executablePath: await trustingFirefox(server) });
  }
  const { args = [], ...options } = chromiumOptions();
  return chromium.launch({ ...options, args: [...args, '--ignore-certificate-errors'] });
}

/** A program that puts the certificate into its profile before it becomes Firefox: there is no other way in. */
async function trustingFirefox({ directory }: Server): Promise<string> {
  const script = join(directory, 'firefox');
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
