// The program alone on a host, and people on two others: do they reach it with their cameras, and each other
// where there is no way but through it? Started by run.sh. Says what holds; status 1 if something does not.
//
//   node reach.mjs [FLAG...]    flags for the server, to see it fail: --turn-listen off

import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, env } from 'node:process';
import { createInterface } from 'node:readline';
import { ADDRESSES, BINARY, atEnd, play, runOn, startWire, until } from './hosts.mjs';
import { Person } from './people.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const START_MS = 10_000;
const MOVE_MS = 5_000;
// The second is by TLS or plain TCP, whichever the browser prefers.
const [RELAY, BY_STREAM] = ['relay', 'relay by t'];
const [PORT, STUN_PORT] = [8443, 3478];
const HOST_NAME = 'kitchen';
const URLS = {
  chromium: `https://${ADDRESSES.server}:${PORT}`,
  // Firefox speaks TLS only to relays that have a name.
  firefox: `https://${HOST_NAME}.local:${PORT}`,
};

const APART = { away_from: ['bob'] };
const ONLY_TCP = { only_tcp: PORT };
/**
 * What lies between the two and the server, whom Ada's datagrams reach then, and how each is connected to the
 * other. Chromium keeps a relay by a stream that it has reached before the one by UDP, on a machine that is
 * busy.
 */
const NETWORKS = [
  { name: 'nothing in the way', ada: {}, bob: {}, reached: 'each other, the server', ways: ['host', 'host'] },
  { name: 'no way to each other', ada: APART, bob: {}, reached: 'the server', ways: [RELAY, RELAY] },
  {
    name: 'only TCP to the port of the pages',
    ada: { ...APART, ...ONLY_TCP },
    bob: ONLY_TCP,
    reached: 'nobody',
    ways: [BY_STREAM, BY_STREAM],
  },
  {
    name: 'the same for one of them',
    ada: { ...APART, ...ONLY_TCP },
    bob: {},
    reached: 'nobody',
    ways: [BY_STREAM, RELAY],
  },
];

function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Says whether something holds, and what was seen. */
async function check(what, see) {
  try {
    console.log(`holds:  ${what}: ${await see()}`);
    return true;
  } catch (error) {
    console.log(`FAILED: ${what}: ${error.message}`);
    process.exitCode = 1;
    return false;
  }
}

/** Starts a copy of the program, alone in a directory, on a host that has nothing of the repository. */
async function startServer(directory) {
  const [program, state] = [join(directory, 'program'), join(directory, 'state')];
  await mkdir(program);
  await copyFile(BINARY, join(program, 'halloo'));
  const flags = ['--tls-self-signed', '--listen', `${ADDRESSES.server}:${PORT}`, ...argv.slice(2)];
  // With a host name and a file system of its own.
  const alone = 'hostname "$0" && mount -t tmpfs none "$1" && shift && exec "$@"';
  const command = ['unshare', '--uts', 'sh', '-c', alone, HOST_NAME, REPOSITORY, './halloo', ...flags];
  const { pid, stdout } = runOn('server', command, {
    cwd: program,
    env: { PATH: env.PATH, STATE_DIRECTORY: state },
  });
  const said = [];
  createInterface({ input: stdout }).on('line', (line) => said.push(line));
  return { pid, program, state, said };
}

/** It says where it is found, and with which certificate. */
async function expectServing({ pid, program, said }) {
  const after = (label) => said.find((line) => line.includes(label))?.split(label)[1];
  await until('it says where it is', () => after('other devices: '), START_MS);
  expect(after('other devices: ') === URLS.chromium, `it says ${after('other devices: ')}`);
  expect(after('SHA-256 ')?.length === 32 * 3 - 1, `it says ${said.join('; ')}`);
  const seen = [...(await readdir(program)), ...(await readdir(`/proc/${pid}/root${REPOSITORY}`))];
  expect(String(seen) === 'halloo', `it is not alone, but with ${seen}`);
  return `it serves at ${URLS.chromium}, SHA-256 ${after('SHA-256 ')}`;
}

/** From another host the certificate is the one it told of, and good for the host in the URL. */
async function expectCertificate({ said }, person, url) {
  const fingerprint = await person.ask('certificate', new URL(url).hostname, PORT);
  expect(said.some((line) => line.endsWith(`SHA-256 ${fingerprint}`)), `it is another one: ${fingerprint}`);
  return `it is the one that was told, and good for ${new URL(url).hostname}`;
}

/** The page may use devices, and the picture of the own camera moves. */
async function expectCamera(person, url) {
  await person.ask('goto', `${url}/r/camera`);
  const { isSecure, origin } = await person.inPage(() => ({
    isSecure: isSecureContext,
    origin: location.origin,
  }));
  expect(isSecure && origin === url, `${origin} is no secure context`);
  await person.until('the picture of the own camera moves', () => {
    const video = document.querySelector('[data-testid=local-video]');
    return video?.videoWidth > 0 && video.currentTime > 0.5;
  });
  return `its picture moves, ${origin} is a secure context`;
}

/** Datagrams of the first reach these, and nobody else; nor do the second's reach the first. */
async function expectReached([ada, bob], expected) {
  const reached = [];
  const [adas, bobs] = await Promise.all([ada.ask('echo'), bob.ask('echo')]);
  const answered = [ada.ask('isAnswered', ADDRESSES.bob, bobs), bob.ask('isAnswered', ADDRESSES.ada, adas)];
  if ((await Promise.all(answered)).some(Boolean)) reached.push('each other');
  if (await ada.ask('isAnswered', ADDRESSES.server, STUN_PORT)) reached.push('the server');
  const found = reached.join(', ') || 'nobody';
  expect(found === expected, `they reach ${found}`);
  return `they reach ${found}`;
}

/** They enter a room one after the other and see each other, connected in these ways. */
async function expectCall(people, url, ways) {
  const [ada, bob] = people;
  const room = randomUUID();
  await ada.enter(url, room);
  await ada.until('waits', () =>
    Boolean(document.querySelector('[data-testid=call-status][data-state=waiting]')),
  );
  const since = Date.now();
  await bob.enter(url, room);
  const pictures = await Promise.all(people.map((one) => one.seesTheOther()));
  let found;
  const isSo = async () => {
    found = await Promise.all(people.map((one) => one.way()));
    return found.every((way, i) => way.startsWith(ways[i]));
  };
  // A call may begin over the relay, and move when there is a better way.
  await until('a better way', isSo, MOVE_MS).catch(() =>
    expect(false, `connected by ${found?.join(' and ')}`),
  );
  const seconds = ((Math.max(...pictures) - since) / 1000).toFixed(1);
  return `${found.join(' and ')}, first picture after ${seconds} s`;
}

async function reach(browser, link, server, names) {
  const url = URLS[browser];
  const people = await Promise.all(
    ['ada', 'bob'].map((host) => Person.on(host, browser, server.state, names)),
  );
  const [ada, bob] = people;
  await check(`${browser}: the certificate`, () => expectCertificate(server, ada, url));
  await check(`${browser}: the camera`, () => expectCamera(ada, url));
  for (const network of NETWORKS) {
    for (const host of ['ada', 'bob']) await link(host, network[host]);
    await check(`${browser}, ${network.name}: datagrams`, () => expectReached(people, network.reached));
    await check(`${browser}, ${network.name}: a call`, () => expectCall(people, url, network.ways));
  }
  await Promise.all(people.map((one) => one.leave()));
}

async function main() {
  const directory = await mkdtemp(join(tmpdir(), 'halloo-reach-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  const names = join(directory, 'hosts');
  await writeFile(names, `127.0.0.1 localhost\n${ADDRESSES.server} ${HOST_NAME}.local\n`);
  const link = await startWire();
  const server = await startServer(directory);
  if (!(await check('the program alone', () => expectServing(server)))) return;
  for (const browser of ['chromium', 'firefox']) await reach(browser, link, server, names);
}

await play(main);
