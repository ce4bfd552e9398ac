// Runs in the head of a room's page, while the client is on its way, for whoever goes straight into the call: opens
// the signaling socket and, unless this tab may have a seat already, greets and joins. src/browser/early.rs takes over.
// For everybody it closes the socket when the page goes away, in JavaScript: Firefox ends the process of a closed tab
// before listeners in WebAssembly have run (14 of 60 times), and then closes the socket as if it might come back.
((page) => {
  addEventListener("pagehide", ({ persisted }) => {
    globalThis.hallooSocket?.close(persisted ? 1000 : page.page_closed);
  });
  try {
    const seated = sessionStorage.getItem(page.seat_key) !== null;
    if (!(page.join_now || seated) || !globalThis.RTCPeerConnection) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/signal`);
    const early = { socket, heard: [] };
    // A seat must be claimed first. A remembered name is checked by the client.
    if (!seated && (page.named || !localStorage.getItem(page.name_key))) {
      const random = crypto.getRandomValues(new Uint8Array(16));
      early.visit = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
      socket.onopen = () => {
        for (const message of [page.hello, { ...page.join, visit: early.visit }])
          socket.send(JSON.stringify(message));
      };
    }
    socket.onmessage = ({ data }) => early.heard.push(data);
    globalThis.hallooEarly = early;
    globalThis.hallooWatched = socket;
    // Should the client never come, the seat must not stay taken.
    setTimeout(() => { if (globalThis.hallooEarly) socket.close(page.page_closed); }, 20_000);
  } catch { /* The client opens a socket itself. */ }
})
