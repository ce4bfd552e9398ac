'use strict';

// A page as people write it after the lesson, from the table of events in docs/CODELAB.md: globals, callbacks,
// the old calls of WebRTC, no sound, and no idea of what halloo is. `end2end/codelab.spec.ts` runs it with
// three versions of Socket.IO. It must not be made wiser: it stands for pages that nobody can change.

var isChannelReady = false;
var isInitiator = false;
var isStarted = false;
var localStream;
var pc;
var heard = []; // for the test

var room = location.search.split('room=')[1];
var socket = io.connect();

if (room !== '') {
  socket.emit('create or join', room);
}

socket.on('created', function (room, clientId) {
  heard.push('created ' + room + ' ' + typeof clientId);
  isInitiator = true;
});

socket.on('full', function (room) {
  heard.push('full ' + room);
});

socket.on('join', function (room) {
  heard.push('join ' + room);
  isChannelReady = true;
});

socket.on('joined', function (room) {
  heard.push('joined ' + room);
  isChannelReady = true;
});

socket.on('ready', function () {
  heard.push('ready');
});

socket.on('log', function (array) {
  console.log.apply(console, array);
});

function sendMessage(message) {
  socket.emit('message', message);
}

socket.on('message', function (message) {
  heard.push('message ' + (message.type || message));
  if (message === 'got user media') {
    maybeStart();
  } else if (message.type === 'offer') {
    if (!isInitiator && !isStarted) {
      maybeStart();
    }
    pc.setRemoteDescription(new RTCSessionDescription(message));
    pc.createAnswer(setLocalAndSendMessage, onError);
  } else if (message.type === 'answer' && isStarted) {
    pc.setRemoteDescription(new RTCSessionDescription(message));
  } else if (message.type === 'candidate' && isStarted) {
    pc.addIceCandidate(new RTCIceCandidate({ sdpMLineIndex: message.label, candidate: message.candidate }));
  } else if (message === 'bye' && isStarted) {
    stop();
    isInitiator = false;
  }
});

navigator.mediaDevices.getUserMedia({ audio: false, video: true }).then(gotStream, onError);

function gotStream(stream) {
  localStream = stream;
  document.querySelector('#localVideo').srcObject = stream;
  sendMessage('got user media');
  if (isInitiator) {
    maybeStart();
  }
}

function maybeStart() {
  if (!isStarted && typeof localStream !== 'undefined' && isChannelReady) {
    pc = new RTCPeerConnection(null);
    pc.onicecandidate = onIceCandidate;
    pc.onaddstream = onAddStream;
    pc.addStream(localStream);
    isStarted = true;
    if (isInitiator) {
      pc.createOffer(setLocalAndSendMessage, onError);
    }
  }
}

window.onbeforeunload = function () {
  sendMessage('bye');
};

function onIceCandidate(event) {
  if (event.candidate) {
    sendMessage({
      type: 'candidate',
      label: event.candidate.sdpMLineIndex,
      id: event.candidate.sdpMid,
      candidate: event.candidate.candidate,
    });
  }
}

function onAddStream(event) {
  document.querySelector('#remoteVideo').srcObject = event.stream;
}

function setLocalAndSendMessage(sessionDescription) {
  pc.setLocalDescription(sessionDescription);
  sendMessage(sessionDescription);
}

function onError(error) {
  console.error('the page failed: ' + error);
}

function hangup() {
  stop();
  sendMessage('bye');
}

function stop() {
  isStarted = false;
  pc.close();
  pc = null;
}
