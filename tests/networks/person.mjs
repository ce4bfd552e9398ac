// Somebody with a browser, in a process on their host: a Firefox is driven over the network of its host. Does
// what
// `people.mjs` asks over the channel between them.
//
//   node person.mjs BROWSER DIRECTORY    where the server keeps its certificate

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { browserThatTrusts } from '../../end2end/trust.mjs';
import { watchConnections } from '../../end2end/watch.mjs';
import { POLL_MS } from './hosts.mjs';

const [browserName, directory] = argv.slice(2);
const PROBES = 10;
// RFC 8489: a Binding request, so that a STUN server answers as well.
const STUN_REQUEST = Buffer.from(`000100002112a442${'00'.repeat(12)}`, 'hex');

const can = {
  /** The browser is there. */
  async start() {},

  goto: async (url) => void (await page.goto(url)),

  /** Runs a function, given as text, in the page. */
  evaluate: (source) => page.evaluate(`(${source})()`),

  /** Answers every datagram from now on. Tells its port. */
  async echo() {
    const socket = createSocket('udp4', (bytes, { port, address }) => socket.send(bytes, port, address));
    await once(socket.bind(), 'listening');
    return socket.address().port;
  },

  /** Whether one of several datagrams is answered from there. */
  async isAnswered(address, port) {
    const socket = createSocket('udp4');
    let answered = false;
    socket.on('message', () => (answered = true));
    // That there is no way there may be said, too.
    socket.on('error', () => {});
    for (let i = 0; i < PROBES && !answered; i += 1) {
      socket.send(STUN_REQUEST, port, address);
      await pause(POLL_MS);
    }
    socket.close();
    return answered;
  },

  /** SHA-256 of the certificate that is shown there, if it is the trusted one and good for this host. */
  async certificate(host, port) {
    const socket = connect({ host, port, ca: await readFile(join(directory, 'self-signed.pem')) });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  },
};

const browser = await browserThatTrusts({ directory }, browserName);
const context = await browser.newContext({ locale: 'en-US' });
await watchConnections(context);
// When there was the first picture of the other one; by the clock of this machine, which all hosts share.
await context.addInitScript((ms) => {
  setInterval(async () => {
    if ((await window.received()).frames > 0) window.firstPicture ??= Date.now();
  }, ms);
}, POLL_MS);
const page = await context.newPage();

process.on('message', async ({ id, what, given }) => {
  const answer = await can[what](...given).then(
    (value) => ({ value }),
    (error) => ({ error: error.message.split('\n')[0] }),
  );
  process.send({ id, ...answer });
});
process.on('disconnect', async () => {
  await browser.close();
  exit();
});
