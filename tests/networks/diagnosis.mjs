// The program on a host, and somebody on another whose network, or whose server, is broken on purpose: does
// the connection check of the page say what it is? Started by run.sh. Says what holds; status 1 if something
// does not.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { ADDRESSES, BINARY, atEnd, play, runOn, startWire, until } from './hosts.mjs';
import { Person } from './people.mjs';

const START_MS = 10_000;
const [PORT, STUN_PORT] = [8443, 3478];
const HOST_NAME = 'kitchen';
const URLS = {
  chromium: `https://${ADDRESSES.server}:${PORT}`,
  // Firefox speaks TLS only to relays that have a name.
  firefox: `https://${HOST_NAME}.local:${PORT}`,
};
const OWN_RELAY = [];
/** A relay on another host, with another secret. */
const OTHER_RELAY = [
  ...['--turn-listen', 'off', '--turn-secret', 'another'],
  ...['--ice-servers', `turn:${ADDRESSES.bob}:${STUN_PORT}?transport=udp`],
];
/** A relay that gives addresses and relays to nobody: a coturn whose firewall rules are too strict. */
const [STRICT_PORT, SECRET] = [3480, 'secret'];
const STRICT_RELAY = [
  ...['--turn-listen', 'off', '--turn-secret', SECRET],
  ...['--ice-servers', `turn:${ADDRESSES.bob}:${STRICT_PORT}?transport=udp`],
];

/**
 * What is broken, the verdict on it, and all checks that fail. `flags` are those of the server, `link` is
 * that of Ada when the page is there.
 */
const CASES = [
  { name: 'nothing', flags: OWN_RELAY, verdict: 'all-well', failed: [] },
  {
    name: 'UDP does not get through',
    flags: OWN_RELAY,
    link: { only_tcp: PORT },
    verdict: 'udp-blocked',
    failed: ['stun', 'turn-udp'],
  },
  {
    name: 'nothing gets through any longer',
    flags: OWN_RELAY,
    link: { drop: ['udp', 'tcp'] },
    verdict: 'server-unreachable',
    failed: ['https', 'websocket'],
  },
  {
    name: 'the relay may relay to nobody',
    flags: STRICT_RELAY,
    needs: 'turnserver',
    verdict: 'relay-carries-nothing',
    failed: ['loop'],
  },
  {
    name: 'the secret of the relay is another one',
    flags: OTHER_RELAY,
    verdict: 'relay-refuses-login',
    failed: ['turn-udp'],
  },
  {
    name: 'the relay is blocked',
    flags: OTHER_RELAY,
    link: { away_from: ['bob'] },
    verdict: 'relay-unreachable',
    failed: ['stun', 'turn-udp'],
  },
  { name: 'there is no relay', flags: ['--turn-listen', 'off'], verdict: 'only-nearby', failed: [] },
];

/** Starts the program on a host, and waits until it serves. Returns what ends it. */
async function startServer(host, directory, flags) {
  const own = ['--tls-self-signed', '--listen', `${ADDRESSES[host]}:${PORT}`];
  // With a host name of its own, for which the certificate is good.
  const named = ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', HOST_NAME, BINARY];
  const server = runOn(host, [...named, ...own, ...flags], {
    env: { PATH: env.PATH, STATE_DIRECTORY: directory },
  });
  const gone = once(server, 'exit');
  let serves = false;
  createInterface({ input: server.stdout }).on('line', (line) => (serves ||= line.includes('SHA-256 ')));
  await until(`${host} serves`, () => serves || server.exitCode !== null, START_MS);
  if (!serves) throw new Error(`${host} does not serve`);
  return async () => {
    server.kill();
    await gone;
  };
}

/** Starts a coturn that relays to nobody. */
async function startStrictRelay(directory) {
  const at = ['--listening-ip', ADDRESSES.bob, '--listening-port', String(STRICT_PORT)];
  const login = ['--realm', 'example.org', '--use-auth-secret', '--static-auth-secret', SECRET];
  const files = ['--pidfile', join(directory, 'pid'), '--userdb', join(directory, 'users')];
  const rules = ['--relay-ip', ADDRESSES.bob, '--denied-peer-ip', '0.0.0.0-255.255.255.255'];
  const own = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file', 'stdout'];
  const relay = runOn('bob', ['turnserver', ...own, ...at, ...login, ...files, ...rules], { cwd: directory });
  relay.stdout.resume();
  await once(relay, 'spawn');
}

/** Opens the check in the lobby. Returns the verdict, what has failed and how long it took. */
async function checkConnection(person, url, link) {
  await person.ask('goto', `${url}/r/check`);
  await person.until('the lobby is there, with its part for the check', () => {
    const parts = performance.getEntriesByType('resource').map(({ name }) => name);
    const button = document.querySelector('[data-testid=check-connection]');
    return Boolean(button && parts.some((name) => name.includes('split_diagnosis')));
  });
  await link();
  const since = Date.now();
  await person.inPage(() => document.querySelector('[data-testid=check-connection]').click());
  const verdict = () =>
    person.inPage(() => document.querySelector('[data-testid=check-verdict]')?.dataset.verdict);
  await until('a verdict', verdict, 25_000);
  const checks = await person.inPage(() =>
    [...document.querySelectorAll('[data-testid=check]')].map(({ dataset }) => ({ ...dataset })),
  );
  const failed = checks.filter(({ state }) => state === 'failed');
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  return { verdict: await verdict(), failed, seconds };
}

async function expectVerdict(person, url, broken, link) {
  const found = await checkConnection(person, url, () => link('ada', broken.link));
  const reasons = found.failed.map(({ check, reason }) => `${check} ${reason}`).join(', ') || 'none';
  const seen = `${found.verdict} after ${found.seconds} s, failed: ${reasons}`;
  const failed = found.failed.map(({ check }) => check);
  const isSame = failed.toSorted().join() === broken.failed.toSorted().join();
  if (found.verdict !== broken.verdict || !isSame) throw new Error(seen);
  return seen;
}

/** Says whether something holds, and what was seen. */
async function check(what, see) {
  try {
    console.log(`holds:  ${what}: ${await see()}`);
  } catch (error) {
    console.log(`FAILED: ${what}: ${error.message}`);
    process.exitCode = 1;
  }
}

async function main() {
  const directory = await mkdtemp(join(tmpdir(), 'halloo-diagnosis-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  const [state, other, names] = ['state', 'other', 'hosts'].map((name) => join(directory, name));
  await writeFile(names, `127.0.0.1 localhost\n${ADDRESSES.server} ${HOST_NAME}.local\n`);
  const link = await startWire();
  await startServer('bob', other, ['--turn-listen', `${ADDRESSES.bob}:${STUN_PORT}`]);
  const hasCoturn = spawnSync('turnserver', ['--version']).error === undefined;
  if (hasCoturn) await startStrictRelay(directory);
  // Makes the certificate that the browsers trust.
  await (await startServer('server', state, OWN_RELAY))();
  for (const browser of Object.keys(URLS)) {
    const person = await Person.on('ada', browser, state, names);
    for (const broken of CASES) {
      if (broken.needs && !hasCoturn) {
        console.log(`skipped: ${broken.name}, there is no ${broken.needs} here`);
        continue;
      }
      await link('ada');
      const stop = await startServer('server', state, broken.flags);
      await check(`${browser}, ${broken.name}`, () => expectVerdict(person, URLS[browser], broken, link));
      await link('ada');
      await stop();
    }
    await person.leave();
  }
}

await play(main);
