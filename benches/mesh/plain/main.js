// A call in which everybody sends everything to everybody, with the defaults of the browser: no limits, no
// sizes. Who comes later offers. `?silent` switches the microphone off.

/** Peer id -> connection. */
const connections = new Map();
const stage = document.querySelector('main');

// The constraints of halloo's page (src/browser/devices.rs).
const stream = await navigator.mediaDevices.getUserMedia({
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: 1280, height: 720, facingMode: 'user' },
});
const silent = new URLSearchParams(location.search).has('silent');
for (const track of stream.getAudioTracks()) track.enabled = !silent;
show(stream, { muted: true });

let me;
// One message at a time, in their order, in both directions.
let work = Promise.resolve();
let sent = Promise.resolve();
new EventSource('/messages').onmessage = ({ data }) => {
  work = work.then(() => receive(JSON.parse(data)));
};

async function receive({ welcome, others, from, description, candidate }) {
  if (welcome) {
    me = welcome;
    for (const peer of others) {
      const connection = connect(peer);
      await connection.setLocalDescription();
      send(peer, { description: connection.localDescription });
    }
    return;
  }
  const connection = connections.get(from) ?? connect(from);
  if (candidate) await connection.addIceCandidate(candidate);
  if (!description) return;
  await connection.setRemoteDescription(description);
  if (description.type === 'offer') {
    await connection.setLocalDescription();
    send(from, { description: connection.localDescription });
  }
}

function connect(peer) {
  const connection = new RTCPeerConnection();
  connections.set(peer, connection);
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  connection.onicecandidate = ({ candidate }) => {
    if (candidate) send(peer, { candidate });
  };
  connection.ontrack = ({ track, streams }) => {
    if (track.kind === 'video') show(streams[0], { name: 'remote-video' });
  };
  return connection;
}

function send(to, message) {
  const body = JSON.stringify({ to, from: me, ...message });
  sent = sent.then(() => fetch('/send', { method: 'POST', body }));
}

function show(stream, { muted = false, name = 'local-video' }) {
  const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true, muted });
  video.dataset.testid = name;
  video.srcObject = stream;
  stage.append(video);
}
