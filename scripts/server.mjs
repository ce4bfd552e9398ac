// The server, on a free port and with a key of its own, for scripts.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT_MS = 10_000;

/**
 * Starts HALLOO_BIN, by default target/release/halloo, with these settings, and waits until it answers.
 * @param {...string} settings
 * @returns {Promise<{ origin: string, stop(): void }>}
 */
export async function startServer(...settings) {
  const binary = process.env.HALLOO_BIN ?? join(import.meta.dirname, '../target/release/halloo');
  const scratch = mkdtempSync(join(tmpdir(), 'halloo-'));
  const host = `127.0.0.1:${await freePort()}`;
  const origin = `http://${host}`;
  const server = spawn(binary, ['--listen', host, '--key-file', join(scratch, 'key'), ...settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => {
    server.kill();
    rmSync(scratch, { recursive: true, force: true });
  };
  let failure;
  server.on('error', (error) => { failure = error; });
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await fetch(`${origin}/healthz`).then(({ ok }) => ok, () => false))) {
    if (server.exitCode !== null) failure ??= new Error(`the server ended with status ${server.exitCode}`);
    if (Date.now() > limit) failure ??= new Error(`the server does not answer at ${origin}`);
    if (failure) {
      stop();
      throw failure;
    }
    await pause(20);
  }
  return { origin, stop };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
