'use strict';

// The page of the lesson, a little grown up: it has sound, a button to hang up, and tries again.

var localVideo = document.querySelector('#localVideo');
var remoteVideo = document.querySelector('#remoteVideo');
var statusLine = document.querySelector('#status');
var hangupButton = document.querySelector('#hangup');

var isChannelReady = false; // somebody else is in the room
var isInitiator = false; // this page was here first, and calls
var isStarted = false;
var isOver = false;
var localStream;
var pc;

// The STUN and TURN servers of the lesson would stand here.
var pcConfig = { iceServers: [] };

// Whoever knows its name can enter a room, so that must not be guessed.
var room = new URLSearchParams(location.search).get('room');
if (!room) {
  room = Array.from(crypto.getRandomValues(new Uint8Array(8)), function (byte) {
    return byte.toString(16).padStart(2, '0');
  }).join('');
  history.replaceState(null, '', '?room=' + room);
}
document.querySelector('#invite').href = '/r/' + encodeURIComponent(room);
show('room ' + room);

var socket = io.connect();

// Also when the connection was lost and is there again: the server has forgotten this page.
socket.on('connect', function () {
  if (isOver) return;
  stop();
  isInitiator = false;
  isChannelReady = false;
  socket.emit('create or join', room);
  if (localStream) sendMessage('got user media');
});

socket.on('created', function (room) {
  show('created room ' + room);
  isInitiator = true;
  isChannelReady = false;
});

socket.on('full', function (room) {
  show('room ' + room + ' is full');
});

socket.on('join', function (room) {
  show('somebody joins room ' + room);
  isChannelReady = true;
});

socket.on('joined', function (room) {
  show('joined room ' + room);
  isChannelReady = true;
});

socket.on('log', function (array) {
  console.log.apply(console, array);
});

socket.on('ipaddr', function (address) {
  console.log('Other devices reach this server at ' + address);
});

socket.emit('ipaddr');

socket.on('message', function (message) {
  if (message === 'got user media') {
    maybeStart();
  } else if (message === 'bye') {
    if (isStarted) show('the other page has hung up');
    stop();
    isInitiator = false;
  } else if (message.type === 'offer') {
    if (!isInitiator && !isStarted) maybeStart();
    pc.setRemoteDescription(message)
      .then(function () {
        return pc.createAnswer();
      })
      .then(setLocalAndSendMessage)
      .catch(failed);
  } else if (message.type === 'answer' && isStarted) {
    pc.setRemoteDescription(message).catch(failed);
  } else if (message.type === 'candidate' && isStarted) {
    pc.addIceCandidate({ sdpMLineIndex: message.label, candidate: message.candidate }).catch(failed);
  }
});

function sendMessage(message) {
  socket.emit('message', message);
}

// Pages that are not from HTTPS or localhost have no mediaDevices at all.
if (navigator.mediaDevices) {
  navigator.mediaDevices
    .getUserMedia({ audio: true, video: true })
    .then(function (stream) {
      localStream = stream;
      localVideo.srcObject = stream;
      sendMessage('got user media');
      if (isInitiator) maybeStart();
    })
    .catch(failed);
} else {
  show('no camera: open this page by HTTPS or on localhost');
}

function maybeStart() {
  if (isStarted || !localStream || !isChannelReady) return;
  pc = new RTCPeerConnection(pcConfig);
  pc.onicecandidate = function (event) {
    if (!event.candidate) return;
    sendMessage({
      type: 'candidate',
      label: event.candidate.sdpMLineIndex,
      id: event.candidate.sdpMid,
      candidate: event.candidate.candidate,
    });
  };
  pc.ontrack = function (event) {
    // A shared screen has a stream of its own; the first one is the camera.
    if (!remoteVideo.srcObject) remoteVideo.srcObject = event.streams[0];
    show('connected');
  };
  localStream.getTracks().forEach(function (track) {
    pc.addTrack(track, localStream);
  });
  isStarted = true;
  if (isInitiator) pc.createOffer().then(setLocalAndSendMessage).catch(failed);
}

function setLocalAndSendMessage(description) {
  return pc.setLocalDescription(description).then(function () {
    sendMessage(description);
  });
}

function stop() {
  isStarted = false;
  if (pc) pc.close();
  pc = null;
  remoteVideo.srcObject = null;
}

function hangup() {
  isOver = true;
  stop();
  sendMessage('bye');
  if (localStream) {
    localStream.getTracks().forEach(function (track) {
      track.stop();
    });
  }
  localVideo.srcObject = null;
  hangupButton.disabled = true;
  show('hung up; load the page anew to call again');
}

hangupButton.onclick = hangup;
// Unlike `beforeunload` it also comes on iOS.
window.addEventListener('pagehide', function () {
  sendMessage('bye');
});

function show(text) {
  statusLine.textContent = text;
  console.log(text);
}

function failed(error) {
  show(error.name + ': ' + error.message);
}
