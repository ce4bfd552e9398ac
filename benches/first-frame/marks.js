// Runs in a page before its own scripts: notes when each step of joining a call happened, in milliseconds since
// navigation, in `window.marks`. The names are those that measure.mjs prints.
'use strict';

(() => {
  const marks = {};
  window.marks = marks;
  const mark = (name) => { marks[name] ??= Math.round(performance.now()); };

  const seen = new WeakSet();
  new MutationObserver(() => {
    if (document.documentElement?.dataset.hydrated) mark('page built');
    const video = document.querySelector('#remoteVideo, [data-testid=remote-video]');
    if (!video || seen.has(video)) return;
    seen.add(video);
    video.requestVideoFrameCallback(() => mark('first frame'));
  }).observe(document, { attributeFilter: ['data-hydrated'], childList: true, subtree: true });

  const said = (text) => {
    if (text.includes('"type":"joined"')) mark('joined');
    if (text.includes('"kind":"offer"')) mark('offer received');
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      mark('socket made');
      this.addEventListener('open', () => mark('socket open'));
      this.addEventListener('message', ({ data }) => { if (typeof data === 'string') said(data); });
    }
  };

  for (const name of ['compileStreaming', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      mark('client asked for');
      const result = await original.apply(WebAssembly, args);
      mark('client compiled');
      return result;
    };
  }

  const devices = MediaDevices.prototype;
  const { getUserMedia } = devices;
  devices.getUserMedia = async function ask(...args) {
    mark('devices asked');
    const stream = await getUserMedia.apply(this, args);
    mark('devices given');
    return stream;
  };

  const peer = RTCPeerConnection.prototype;
  const { setLocalDescription, setRemoteDescription } = peer;
  peer.setRemoteDescription = async function set(...args) {
    mark('offer handled');
    return setRemoteDescription.apply(this, args);
  };
  peer.setLocalDescription = async function set(...args) {
    await setLocalDescription.apply(this, args);
    mark('answer set');
    this.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'connected') mark('connected');
    });
  };
})();
