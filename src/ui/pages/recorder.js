// Records what the signals view shows, from the start of the page: every signaling message as it crossed the socket, and
// the states of sockets, connections and players. All events of what is assigned to `hallooWatched` are noted, of a
// player only that it has a picture; a text is noted as it is. Keeps 500 entries, or fewer with a million characters:
// the first, which say how the call began, and the newest. Each is: number, time, kind, text, peer.
// src/browser/record.rs reads them.
{
  const record = (globalThis.hallooRecord = []);
  let [noted, size] = [0, 0];
  const note = (kind, text = "", peer) => {
    size += text.length;
    record.push([++noted, performance.now(), kind, text, peer]);
    while (record[500] || size > 1e6) size -= record.splice(record.length >> 1, 1)[0][3].length;
    record.noted?.();
  };
  const hear = ({ type, target, data, code, errorCode, url, errorText }) => {
    const states = [code ?? errorCode, url, errorText];
    for (const key in target) if (/State$/.test(key)) states.push(key, target[key]);
    note(type, `${data ?? states}`, target.hallooPeer);
  };
  Object.defineProperty(globalThis, "hallooWatched", {
    set(thing) {
      const { send, dataset } = thing;
      if (send) {
        globalThis.hallooSocket = thing;
        note("connecting");
        thing.send = (text) => { send.call(thing, text); note("sent", text); };
      }
      if (!thing.addEventListener) note(thing);
      for (const key in thing)
        if (dataset ? key == "onloadeddata" : /^on(?!icecandidate$)/.test(key))
          thing.addEventListener(key.slice(2), hear);
    },
  });
}
