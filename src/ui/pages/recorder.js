// Records what the signals view shows, from the start of the page: every signaling message as it crossed the socket, and
// the states of sockets, connections, their DTLS transports and players. All events of what is assigned to
// `hallooWatched` are recorded, of a player only that it has a picture; a text is recorded as it is. Keeps 500 entries, or
// fewer with a million characters: the first, which say how the call began, and the newest. Each is: number, time, kind,
// text, peer. src/browser/record.rs reads them.
{
  const record = (globalThis.hallooRecord = []);
  let [count, size] = [0, 0];
  const add = (kind, text = "", peer) => {
    size += text.length;
    record.push([++count, performance.now(), kind, text, peer]);
    while (record[500] || size > 1e6) size -= record.splice(record.length >> 1, 1)[0][3].length;
    record.onentry?.();
  };
  const onEvent = ({ type, target, data, code, errorCode, url, errorText }) => {
    const states = [code ?? errorCode, url, errorText];
    for (const key in target) if (/state$/i.test(key)) states.push(key, target[key]);
    const { hallooPeer } = target;
    add(type, `${data ?? states}`, hallooPeer);
    // They exist from the first description on.
    for (const { transport } of target.getSenders?.() ?? [])
      if (transport) globalThis.hallooWatched = Object.assign(transport, { hallooPeer });
  };
  Object.defineProperty(globalThis, "hallooWatched", {
    set(thing) {
      const { send, dataset } = thing;
      if (send) {
        globalThis.hallooSocket = thing;
        add("connecting");
        thing.send = (text) => { send.call(thing, text); add("sent", text); };
      }
      if (!thing.addEventListener) add(thing);
      for (const key in thing)
        if (dataset ? key == "onloadeddata" : /^on(?!icecandidate$)/.test(key))
          thing.addEventListener(key.slice(2), onEvent);
    },
  });
}
