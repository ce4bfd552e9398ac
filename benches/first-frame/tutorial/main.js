// The tutorial's client, with sound (its own page has none) so that both pages do the same work.
'use strict';

let initiator = false;
let started = false;
let channelReady = false;
let stream;
let connection;
const room = new URLSearchParams(location.search).get('room');
const socket = io();

socket.on('created', () => { initiator = true; });
socket.on('join', () => { channelReady = true; });
socket.on('joined', () => { channelReady = true; });
socket.on('message', async (message) => {
  if (message === 'got user media') {
    maybeStart();
  } else if (message.type === 'offer') {
    if (!initiator && !started) maybeStart();
    await connection.setRemoteDescription(message);
    await connection.setLocalDescription(await connection.createAnswer());
    send(connection.localDescription);
  } else if (message.type === 'answer' && started) {
    connection.setRemoteDescription(message);
  } else if (message.type === 'candidate' && started) {
    connection.addIceCandidate({ sdpMLineIndex: message.label, candidate: message.candidate });
  }
});
socket.emit('create or join', room);

navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then((got) => {
  stream = got;
  document.querySelector('#localVideo').srcObject = stream;
  send('got user media');
  if (initiator) maybeStart();
});

function send(message) {
  socket.emit('message', message);
}

async function maybeStart() {
  if (started || !stream || !channelReady) return;
  started = true;
  connection = new RTCPeerConnection();
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    const { sdpMLineIndex: label, sdpMid: id } = candidate;
    send({ type: 'candidate', label, id, candidate: candidate.candidate });
  };
  connection.ontrack = ({ streams }) => { document.querySelector('#remoteVideo').srcObject = streams[0]; };
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  if (initiator) {
    await connection.setLocalDescription(await connection.createOffer());
    send(connection.localDescription);
  }
}
