// Sets up a call through a proxy: two sockets at /signal, each with the Origin of the page, in one room, with
// a signal from one to the other, and heartbeats to both. Ends with 1 and a sentence if something is missing.
//
//   node signal.mjs https://127.0.0.1:8443 call.example.org [misbehave]
//
// The first argument is where the proxy is, the second the name it serves. Its certificate is not checked.
// With
// `misbehave` one of them then says what nobody understands, until the server has enough.
import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';

const [base, name, manners] = process.argv.slice(2);
const { request } = base.startsWith('https:') ? https : http;
const scheme = base.startsWith('https:') ? 'https' : 'http';
const room = `through-a-proxy-${randomBytes(4).toString('hex')}`;
const TLS = { rejectUnauthorized: false, servername: name.replace(/:\d+$/, '') };
setTimeout(() => fail('no call with three heartbeats within 60 seconds'), 60_000).unref();

function fail(reason) {
  console.error(`signal: ${reason}`);
  process.exit(1);
}

function get(path) {
  return new Promise((done, failed) => {
    const asked = request(`${base}${path}`, { ...TLS, headers: { host: name } }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer));
    });
    asked.on('error', failed).end();
  });
}

/** A socket as a browser opens it, or the status with which it is refused. */
function open(origin) {
  return new Promise((done, failed) => {
    const headers = {
      host: name,
      origin,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    const asked = request(`${base}/signal`, { ...TLS, headers, agent: false });
    asked.on('upgrade', (_, stream, head) => done(new Socket(stream, head)));
    asked.on('response', ({ statusCode }) => done(statusCode));
    asked.on('error', failed).end();
  });
}

class Socket {
  #stream;
  #bytes = Buffer.alloc(0);
  #heard = [];
  #waiting = [];
  onclose = () => fail('a socket was closed by the other side');

  constructor(stream, head) {
    this.#stream = stream;
    stream.on('data', (bytes) => this.#read(bytes));
    stream.on('close', () => this.onclose());
    this.#read(head);
  }

  send(message) {
    const text = Buffer.from(JSON.stringify(message));
    const mask = randomBytes(4);
    const length =
      text.length < 126 ? [0x80 | text.length] : [0x80 | 126, text.length >> 8, text.length & 255];
    this.#stream.write(
      Buffer.concat([Buffer.from([0x81, ...length]), mask, text.map((byte, at) => byte ^ mask[at % 4])]),
    );
  }

  /** The next message of this type; others are passed over. */
  async next(type) {
    for (;;) {
      const message = this.#heard.shift() ?? (await new Promise((done) => this.#waiting.push(done)));
      if (message.type === 'heartbeat') this.send({ type: 'heartbeat' });
      if (message.type === type) return message;
    }
  }

  #read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      if (this.#bytes.length < 2) return;
      const short = this.#bytes[1] & 127;
      const [from, length] =
        short < 126 ? [2, short] : [4, this.#bytes.length < 4 ? Infinity : this.#bytes.readUInt16BE(2)];
      if (this.#bytes.length < from + length) return;
      const frame = this.#bytes.subarray(from, from + length);
      if ((this.#bytes[0] & 15) === 1) {
        const message = JSON.parse(frame.toString());
        const waiting = this.#waiting.shift();
        if (waiting) waiting(message);
        else this.#heard.push(message);
      }
      this.#bytes = this.#bytes.subarray(from + length);
    }
  }
}

for (const path of ['/', '/healthz', `/r/${room}`]) {
  const { statusCode } = await get(path);
  if (statusCode !== 200) fail(`${path} was answered with ${statusCode}`);
}
const foreign = await open('https://evil.example');
if (foreign !== 403) fail('a page of another origin could connect');

const [ada, ben] = [await open(`${scheme}://${name}`), await open(`${scheme}://${name}`)];
for (const one of [ada, ben]) {
  if (typeof one === 'number') fail(`/signal was answered with ${one}`);
  one.send({ type: 'hello', version: 1 });
}
ada.send({ type: 'join', room });
await ada.next('joined');
ben.send({ type: 'join', room });
const { peers } = await ben.next('joined');
if (peers.length !== 1) fail('the second person found nobody');
const { peer } = await ada.next('peer_joined');
ada.send({ type: 'signal', to: peer.id, signal: { kind: 'offer', sdp: 'v=0\r\n', epoch: 0 } });
const { signal } = await ben.next('signal');
if (signal.sdp !== 'v=0\r\n') fail('the offer was not passed on as it was');
await Promise.all(
  [ada, ben].map(async (one) => {
    for (let heard = 0; heard < 3; heard += 1) await one.next('heartbeat');
  }),
);
if (manners === 'misbehave') {
  await new Promise((done) => {
    ada.onclose = done;
    for (let said = 0; said < 11; said += 1) ada.send({ type: 'nonsense' });
  });
}
console.log(`signal: pages, a call set-up and heartbeats through ${base}`);
process.exit(0);
