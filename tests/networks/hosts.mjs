// Hosts, the wire between them and what runs on them: what the programs here have in common.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export const BINARY = resolve(import.meta.dirname, process.env.HALLOO_BIN ?? '../../target/release/halloo');
export const ADDRESSES = { server: '10.77.0.1', ada: '10.77.0.2', bob: '10.77.0.3' };
export const POLL_MS = 50;
const PATIENCE_MS = 90_000;

/** What ends with the program, last begun first. */
const ends = [];

export function atEnd(end) {
  ends.push(end);
}

/** Runs a whole program, and ends what it has begun. */
export async function play(main) {
  try {
    await main();
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Waits until something holds. */
export async function until(what, holds, patienceMs = PATIENCE_MS) {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await pause(POLL_MS);
  }
}

export function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const gone = once(child, 'exit');
  atEnd(async () => {
    child.stdin?.end();
    child.kill();
    await gone;
  });
  return child;
}

/** Begins something on a host. */
export const runOn = (host, command, options) =>
  run('ip', ['netns', 'exec', `halloo-${host}`, ...command], options);

/** Does something on a host. */
export async function onHost(host, ...command) {
  const child = spawn('ip', ['netns', 'exec', `halloo-${host}`, ...command], { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`${command.join(' ')}: ${status}`);
}

/** Joins the hosts. Returns what changes the link of one of them; `wire.py` says to what. */
export async function startWire() {
  const hosts = Object.entries(ADDRESSES).map(([host, address]) => `${host}=${address}`);
  const wire = run('python3', [join(import.meta.dirname, 'wire.py'), ...hosts]);
  const answers = createInterface({ input: wire.stdout })[Symbol.asyncIterator]();
  const answered = async () => {
    if ((await answers.next()).done) throw new Error('the network has ended');
  };
  await answered();
  return async (host, link = {}) => {
    wire.stdin.write(`${JSON.stringify({ host, ...link })}\n`);
    await answered();
  };
}
