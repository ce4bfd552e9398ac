"""Two people and what they feel: packets by a relay, or messages by signaling, one every few milliseconds.
They run in a process of their own, so that an attacker's work does not count as theirs."""

import base64
import json
import multiprocessing
import os
import select
import socket
import struct
import time
from collections.abc import Callable

import stun
from server import Server

ADA, BEN = "10.78.0.2", "10.78.0.3"
# A packet that is later counts as lost. Unit: second.
LATE = 1.0
# 200 packets of media a second in each direction, and 80 messages, of the 100 that a socket may send: in
# eight seconds p99 is the thirteenth of 1,280.
MEDIA_EVERY, MEDIA_BYTES = 0.005, 600
SIGNAL_EVERY = 0.0125


class Call:
    """A call from its creation until `end`, which returns each packet: when it was sent and how long it took,
    None if it was lost; or None if the call did not last until then. Unit: second."""

    def __init__(self, kind: str, server: Server):
        self.ours, theirs = multiprocessing.Pipe()
        run = {"media": media, "signaling": signaling}[kind]
        self.process = multiprocessing.Process(target=run, args=(server, theirs), daemon=True)
        self.process.start()
        # Then the pipe ends with the process.
        theirs.close()
        # The call is there.
        if not self.ours.poll(20) or self.ours.recv() != "ready":
            raise RuntimeError(f"there is no {kind} call on a quiet server")

    def end(self) -> list[tuple[float, float | None]] | None:
        try:
            self.ours.send("end")
            return self.ours.recv()
        except (EOFError, OSError):
            return None
        finally:
            self.process.join()


def media(server: Server, pipe) -> None:
    people = [stun.Client(server.turn, host, server.login(host)) for host in (ADA, BEN)]
    if any(person.allocate() != 0 for person in people):
        return
    for me, other in (people, people[::-1]):
        if me.bind(0x4000, other.relayed) != 0:
            return
    for person in people:
        person.socket.setblocking(False)

    def send(number: int, stamp: bytes) -> None:
        for person in people:
            person.socket.send(stun.channel_data(0x4000, stamp.ljust(MEDIA_BYTES)))

    def receive(which: socket.socket) -> list[bytes]:
        return [packet[4:] for packet in drain(which) if packet[0] == 0x40]

    pace(pipe, MEDIA_EVERY, [person.socket for person in people], send, receive, copies=2)


def drain(which: socket.socket) -> list[bytes]:
    found = []
    try:
        while len(found) < 64:
            found.append(which.recv(4096))
    except BlockingIOError:
        pass
    return found


def pace(
    pipe,
    every: float,
    sockets: list,
    send: Callable[[int, bytes], None],
    receive: Callable[[socket.socket], list[bytes]],
    copies: int,
) -> None:
    """Sends a numbered packet every so often until told to end, and hands back what each took."""
    sent, took = [], {}
    pipe.send("ready")
    next_at, end = time.monotonic(), None
    while end is None or time.monotonic() < end:
        now = time.monotonic()
        if end is None and now >= next_at:
            send(len(sent), struct.pack("!I", len(sent)))
            sent.append(now)
            # After a stall of this process nothing is made up for.
            next_at = max(next_at + every, now)
        wait = max(0, min(next_at, end or next_at) - time.monotonic()) if end is None else 0.02
        ready, _, _ = select.select([*sockets, pipe], [], [], wait)
        for which in ready:
            if which is pipe:
                pipe.recv()
                end = time.monotonic() + LATE
                continue
            came = time.monotonic()
            for stamp in receive(which):
                number = struct.unpack("!I", stamp[:4])[0]
                took.setdefault(number, []).append(came - sent[number])
    felt = []
    for number, at in enumerate(sent):
        times = took.get(number, [])
        felt += [(at, one if one <= LATE else None) for one in times]
        felt += [(at, None)] * (copies - len(times))
    pipe.send(felt)


# --- Signaling ---


def connect(server: Server, source: str, timeout: float = 10) -> socket.socket:
    """A TCP connection from this address, of IPv4 or IPv6."""
    to = server.pages if "." in source else server.pages_6
    return socket.create_connection(to, timeout=timeout, source_address=(source, 0))


class Socket:
    """A WebSocket of signaling (RFC 6455), as far as a client needs it."""

    def __init__(self, server: Server, source: str):
        self.socket = connect(server, source)
        self.received = b""
        host, port = server.pages
        key = base64.b64encode(os.urandom(16)).decode()
        head = ["GET /signal HTTP/1.1", f"Host: {host}:{port}", "Connection: Upgrade", "Upgrade: websocket"]
        head += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", "", ""]
        self.socket.sendall("\r\n".join(head).encode())
        while b"\r\n\r\n" not in self.received:
            self.received += self.more()
        answer, _, self.received = self.received.partition(b"\r\n\r\n")
        if b" 101 " not in answer.splitlines()[0]:
            raise ConnectionError(answer.splitlines()[0].decode())

    def more(self) -> bytes:
        came = self.socket.recv(65536)
        if not came:
            raise ConnectionError("closed")
        return came

    def send(self, value: dict) -> None:
        self.socket.sendall(frame(json.dumps(value).encode()))

    def messages(self) -> list[dict]:
        """Returns what has arrived whole."""
        found = []
        while len(self.received) >= 2:
            length, at = self.received[1] & 0x7F, 2
            if length == 126:
                if len(self.received) < 4:
                    break
                length, at = struct.unpack("!H", self.received[2:4])[0], 4
            if len(self.received) < at + length:
                break
            kind, data = self.received[0] & 15, self.received[at : at + length]
            self.received = self.received[at + length :]
            if kind == 8:
                code = struct.unpack("!H", data[:2])[0] if data else "nothing"
                raise ConnectionError(f"closed with {code}")
            if kind == 1:
                found.append(json.loads(data))
        return found

    def wait_for(self, kind: str) -> dict:
        while True:
            for found in self.messages():
                if found["type"] == kind:
                    return found
            self.received += self.more()

    def join(self, room: str, token: str | None = None) -> dict:
        """Returns `joined`."""
        self.send({"type": "hello", "version": 1})
        media = {"microphone": True, "camera": True}
        resume = {"resume": {"token": token, "mode": "takeover"}} if token else {}
        visit = os.urandom(16).hex()
        self.send({"type": "join", "room": room, "media": media, "visit": visit, **resume})
        return self.wait_for("joined")


def frame(data: bytes, kind: int = 0x81) -> bytes:
    """Returns a masked frame, its mask zero."""
    length = len(data)
    if length < 126:
        return bytes([kind, 0x80 | length]) + bytes(4) + data
    return bytes([kind, 0xFE]) + struct.pack("!H", length) + bytes(4) + data


def signaling(server: Server, pipe) -> None:
    ada, ben = Socket(server, ADA), Socket(server, BEN)
    first = ada.join("a-call-under-attack")["you"]
    second = ben.join("a-call-under-attack")["you"]
    ada.wait_for("peer_joined")

    def send(number: int, stamp: bytes) -> None:
        candidate = {"candidate": f"candidate:{number}", "sdp_mid": "0", "sdp_m_line_index": 0}
        signal = {"kind": "candidate", "candidate": candidate, "epoch": 1}
        ada.send({"type": "signal", "to": second, "signal": signal})
        ben.send({"type": "signal", "to": first, "signal": signal})

    def receive(which: socket.socket) -> list[bytes]:
        person = ada if which is ada.socket else ben
        person.received += person.more()
        stamps = []
        for found in person.messages():
            if found["type"] == "heartbeat":
                person.send({"type": "heartbeat"})
            if found["type"] == "signal":
                number = found["signal"]["candidate"]["candidate"].partition(":")[2]
                stamps.append(struct.pack("!I", int(number)))
        return stamps

    pace(pipe, SIGNAL_EVERY, [ada.socket, ben.socket], send, receive, copies=2)
