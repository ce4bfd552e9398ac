// What the codecs of Chromium cost: milliseconds to encode and to decode a picture, and bits, for a camera of
// 640x360 and for a screen of 1920x1080 with text. One picture after the other is drawn and sent within a
// page; the codecs take turns.
//
//   node benches/mesh/codecs.mjs [--rounds 2] [--seconds 8]
//
// The browser is the one of the end-to-end tests. Times are of its own statistics (`totalEncodeTime`).
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { chromiumOptions } from '../../end2end/launch.mjs';

const ofTests = createRequire(new URL('../../end2end/package.json', import.meta.url));
const { chromium } = ofTests('@playwright/test');

const CODECS = ['VP8', 'VP9', 'H264', 'AV1'];
/** Pixels, pictures a second, bits a second. */
const SOURCES = {
  camera: { width: 640, height: 360, rate: 25, bits: 500_000 },
  screen: { width: 1920, height: 1080, rate: 10, bits: 1_500_000 },
};
const WARM_UP_MS = 4_000;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, seconds: { type: 'string', default: '8' } },
});
const browser = await chromium.launch(chromiumOptions());
try {
  const page = await browser.newPage();
  const rows = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const codec of CODECS) {
      for (const [kind, source] of Object.entries(SOURCES)) {
        const seconds = Number(values.seconds);
        rows.push(await page.evaluate(measure, { codec, kind, source, seconds, warmUpMs: WARM_UP_MS }));
      }
    }
  }
  console.table(rows.sort((one, other) => one.kind.localeCompare(other.kind)));
} finally {
  await browser.close();
}

/** Runs in the page. */
async function measure({ codec, kind, source: { width, height, rate, bits }, seconds, warmUpMs }) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  let drawn = 0;
  const drawCamera = () => {
    context.fillStyle = `hsl(${drawn % 360} 40% 50%)`;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 30; i += 1) {
      context.fillStyle = `hsl(${i * 30} 50% 60%)`;
      context.beginPath();
      const [x, y] = [Math.sin(drawn / 20 + i), Math.cos(drawn / 17 + i * 2)];
      context.arc(width / 2 + (x * width) / 3, height / 2 + (y * height) / 3, 20 + i, 0, 7);
      context.fill();
    }
  };
  // Text that is read for three seconds, then scrolled.
  const drawScreen = () => {
    const scrolled = drawn % 60 < 30 ? 0 : (drawn % 30) * 3;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#000';
    context.font = '16px monospace';
    for (let line = 0; line < height / 18; line += 1) {
      const number = line + Math.floor(scrolled / 18);
      const words = 'The quick brown fox jumps over the lazy dog '.repeat(4);
      context.fillText(words + number, 5, line * 18 - (scrolled % 18));
    }
  };
  const timer = setInterval(() => {
    drawn += 1;
    if (kind === 'camera') drawCamera();
    else drawScreen();
  }, 1000 / rate);

  const track = canvas.captureStream(rate).getVideoTracks()[0];
  track.contentHint = kind === 'camera' ? 'motion' : 'text';
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  sender.onicecandidate = ({ candidate }) => receiver.addIceCandidate(candidate);
  receiver.onicecandidate = ({ candidate }) => sender.addIceCandidate(candidate);
  const sendEncodings = [{ maxBitrate: bits }];
  const transceiver = sender.addTransceiver(track, { direction: 'sendonly', sendEncodings });
  const known = RTCRtpReceiver.getCapabilities('video').codecs;
  const isFirst = ({ mimeType }) => mimeType === `video/${codec}`;
  transceiver.setCodecPreferences([...known.filter(isFirst), ...known.filter((one) => !isFirst(one))]);
  await sender.setLocalDescription();
  await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  await sender.setRemoteDescription(receiver.localDescription);

  const read = async () => {
    const find = async (connection, type) =>
      [...(await connection.getStats()).values()].find((stat) => stat.type === type) ?? {};
    const [sent, got] = [await find(sender, 'outbound-rtp'), await find(receiver, 'inbound-rtp')];
    return {
      encoded: sent.framesEncoded,
      encodeTime: sent.totalEncodeTime,
      decoded: got.framesDecoded,
      decodeTime: got.totalDecodeTime,
      bytes: sent.bytesSent,
      height: sent.frameHeight,
    };
  };
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  await pause(warmUpMs);
  const before = await read();
  await pause(1000 * seconds);
  const after = await read();
  clearInterval(timer);
  sender.close();
  receiver.close();
  const grown = (name) => after[name] - before[name];
  return {
    kind,
    codec,
    lines: after.height,
    'pictures/s': Number((grown('encoded') / seconds).toFixed(1)),
    'encode, ms': Number((1000 * (grown('encodeTime') / grown('encoded'))).toFixed(2)),
    'decode, ms': Number((1000 * (grown('decodeTime') / grown('decoded'))).toFixed(2)),
    'kbit/s': Math.round((grown('bytes') * 8) / 1000 / seconds),
  };
}
