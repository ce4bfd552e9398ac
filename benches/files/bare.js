// What a bare transfer over a data channel takes: no question, no hash, no window. The way that the examples of
// WebRTC do it, with the backpressure that they recommend: the receiver keeps what comes in memory, and makes a
// link of it. As `?discard` it keeps nothing. As `?alike` the pages have a call and write the file, as halloo's do.

const CHUNK = 64 * 1024;
const HIGH = 2 * 1024 * 1024;
const LOW = 1024 * 1024;

/** Whether the pages also do what halloo's do beside a transfer, but for the hash. */
const alike = location.search === '?alike';
const discards = location.search === '?discard';

/** A call without pictures: a microphone that is off, a section for cameras, statistics. */
async function call(connection, offers) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) {
    track.enabled = false;
    connection.addTrack(track, stream);
  }
  if (offers) connection.addTransceiver('video');
  connection.ontrack = ({ streams }) => {
    const audio = new Audio();
    audio.srcObject = streams[0];
    void audio.play();
  };
  setInterval(() => connection.getStats(), 2_000);
}

/** A file in the private file system. */
async function openFile() {
  const root = await navigator.storage.getDirectory();
  return (await root.getFileHandle('received', { create: true })).createWritable();
}

/** Joins two pages by descriptions that hold all candidates. */
async function describe(connection, set) {
  if (set) await connection.setRemoteDescription(set);
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((done) => { connection.addEventListener('icegatheringstatechange', done, { once: true }); });
  }
  return connection.localDescription.toJSON();
}

window.begin = async () => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  if (alike) await call(connection, true);
  const channel = connection.createDataChannel('file');
  window.opened = new Promise((done) => { channel.onopen = done; });
  window.channel = channel;
  return describe(connection);
};

window.answer = async (offer) => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  if (alike) await call(connection, false);
  const file = alike ? await openFile() : undefined;
  let written = Promise.resolve();
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer';
    window.received = 0;
    let kept = [];
    const store = () => {
      const batch = kept;
      kept = [];
      written = written.then(() => file.write(new Blob(batch)));
    };
    channel.onmessage = async ({ data }) => {
      if (typeof data === 'string') {
        if (file) {
          store();
          await written;
          await file.close();
        } else {
          window.link = URL.createObjectURL(new Blob(kept));
        }
        channel.send('got it');
        return;
      }
      window.received += data.byteLength;
      if (!discards) kept.push(data);
      if (file && kept.length === 16) store();
    };
  };
  return describe(connection, offer);
};

window.complete = (answer) => window.connection.setRemoteDescription(answer);

/** Milliseconds from the first byte to the word that all have arrived. */
window.transfer = async (file) => {
  await window.opened;
  const { channel } = window;
  channel.bufferedAmountLowThreshold = LOW;
  const start = performance.now();
  const done = new Promise((done) => { channel.onmessage = done; });
  for (let from = 0; from < file.size; from += HIGH / 4) {
    const block = await file.slice(from, from + HIGH / 4).arrayBuffer();
    for (let at = 0; at < block.byteLength; at += CHUNK) {
      channel.send(new Uint8Array(block, at, Math.min(CHUNK, block.byteLength - at)));
    }
    if (channel.bufferedAmount > HIGH) {
      await new Promise((drained) => { channel.onbufferedamountlow = drained; });
    }
  }
  channel.send('end');
  await done;
  return performance.now() - start;
};
