// The program alone, on a host of its own, and people on others who reach it, but not each other. Started by run.sh.
//
//   node reach.mjs

import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ADDRESSES, BINARY, Person, allWell, chromiumOn, start, startWire, statusOf, until, withHosts } from './hosts.mjs';

const URL_OF_SERVER = `https://${ADDRESSES.server}:8443`;
/** For trying what happens without: HALLOO_FLAGS='--turn-listen off'. */
const FLAGS = (process.env.HALLOO_FLAGS ?? '').split(' ').filter(Boolean);

function check(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`ok  ${what}`);
}

/** The program in an empty directory. Says what it tells the operator, once it serves. */
async function startAlone(directory) {
  const home = join(directory, 'alone');
  await mkdir(home);
  await copyFile(BINARY, join(home, 'halloo'));
  const flags = ['--tls-self-signed', '--listen', `${ADDRESSES.server}:8443`, ...FLAGS];
  const env = { PATH: process.env.PATH, STATE_DIRECTORY: home };
  const child = start('server', [join(home, 'halloo'), ...flags], { cwd: home, env });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  await until('the server says where it is', () => said.includes('other devices'));
  return { home, said };
}

/** How this side of the connection is reached: kind of the local candidate, and how its relay is reached. */
async function way({ page }) {
  return page.evaluate(async () => {
    const { connection } = window.watched.findLast(({ connection }) => connection.connectionState === 'connected');
    const stats = [...(await connection.getStats()).values()];
    const pair = stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
    const local = stats.find(({ id }) => id === pair?.localCandidateId);
    return { kind: local?.candidateType, relay: local?.relayProtocol };
  });
}

/** Puts both into a room; how long until each sees the other, and by which way. */
async function call(people, room) {
  const since = Date.now();
  for (const one of people) await one.enter(room);
  await allWell(people, since);
  const ways = await Promise.all(people.map(way));
  const text = ways.map(({ kind, relay }) => `${kind}${relay ? ` by ${relay}` : ''}`).join(', ');
  return { ways, text: `${text}, ${Date.now() - since} ms` };
}

async function meet(people, link, name, drop, relays) {
  for (const host of ['ada', 'bob']) await link(host, { only: ['server'], drop });
  const { ways, text } = await call(people, name.replaceAll(/[^a-z]+/gi, '-').toLowerCase());
  check(ways.some(({ relay }) => relays.includes(relay)), `${name}: the call goes over the relay (${text})`);
}

await withHosts(async (directory) => {
  const link = await startWire();
  const { home, said } = await startAlone(directory);
  check(said.includes(`other devices: ${URL_OF_SERVER}`), 'the program alone in an empty directory says where it is reached');
  check(/certificate: SHA-256 ([0-9A-F]{2}:){31}/.test(said), 'and which certificate it has made');
  check((await readdir(home)).sort().join(' ') === 'halloo key self-signed-key.pem self-signed.pem', 'it keeps a key and a certificate, nothing else');

  for (const host of ['ada', 'bob']) await link(host, { only: ['server'] });
  const reaches = async (from, to) => (await statusOf(from, 'ping', '-c', '1', '-W', '1', ADDRESSES[to])) === 0;
  check((await reaches('ada', 'server')) && (await reaches('bob', 'server')), 'both reach the server');
  check(!(await reaches('ada', 'bob')) && !(await reaches('bob', 'ada')), 'they do not reach each other');

  const person = async (host) => Person.with(await chromiumOn(host, directory, '--ignore-certificate-errors'), host, URL_OF_SERVER);
  const [ada, bob] = [await person('ada'), await person('bob')];
  await meet([ada, bob], link, 'all protocols', [], ['udp']);
  check(await ada.page.evaluate(() => isSecureContext), 'the page of another host is secure, and has a camera');
  await meet([ada, bob], link, 'no UDP', ['udp'], ['tls']);
});
