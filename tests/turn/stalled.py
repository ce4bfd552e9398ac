"""A TURN client by TCP that stops reading for a while. Run by turn.py."""

import hashlib
import hmac
import os
import socket
import struct
import time
from collections.abc import Iterator

COOKIE = 0x2112A442
ALLOCATE, REFRESH, CHANNEL_BIND, SUCCESS = 3, 4, 9, 0x0100
USERNAME, INTEGRITY, CHANNEL, LIFETIME, PEER = 6, 8, 12, 13, 18
REALM, NONCE, RELAYED, TRANSPORT = 20, 21, 22, 25
UDP = b"\x11\0\0\0"
PACKET = bytes(1200)
# More than the server's send queue and the socket buffers of both hosts.
PACKETS = 12_000


class Client:
    def __init__(self, server: tuple[str, int], username: str, password: str):
        self.username = username.encode()
        self.key = hashlib.md5(f"{username}:halloo:{password}".encode()).digest()
        self.nonce = b""
        self.packets = 0
        self.stream = socket.create_connection(server, timeout=5)
        self.frames = self.read()

    def ask(self, method: int, *attributes: tuple[int, bytes]) -> bytes:
        """Sends a request. Returns its transaction id."""
        number = os.urandom(12)
        if self.nonce:
            attributes += (USERNAME, self.username), (REALM, b"halloo"), (NONCE, self.nonce)
        body = b"".join(
            struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
            for kind, value in attributes
        )
        if self.nonce:
            signed = struct.pack("!HHI", method, len(body) + 24, COOKIE) + number + body
            body += struct.pack("!HH", INTEGRITY, 20) + hmac.new(self.key, signed, hashlib.sha1).digest()
        self.stream.sendall(struct.pack("!HHI", method, len(body), COOKIE) + number + body)
        return number

    def answer(self, number: bytes) -> tuple[int, dict[int, bytes]] | None:
        """Returns type and attributes of the response; None at the end. Skips the packets before it."""
        for frame in self.frames:
            if frame[0] >> 6 == 0 and frame[8:20] == number:
                return struct.unpack("!H", frame[:2])[0], dict(attributes(frame[20:]))
            self.packets += frame[0] >> 6 == 1
        return None

    def read(self) -> Iterator[bytes]:
        waiting = b""
        while True:
            try:
                came = self.stream.recv(65536)
            except TimeoutError:
                return
            if not came:
                return
            waiting += came
            while len(waiting) >= 4:
                kind, length = struct.unpack("!HH", waiting[:4])
                length = length + 20 if kind >> 14 == 0 else 4 + length + -length % 4
                if len(waiting) < length:
                    break
                yield waiting[:length]
                waiting = waiting[length:]


def attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while body:
        kind, length = struct.unpack("!HH", body[:4])
        yield kind, body[4 : 4 + length]
        body = body[4 + length + -length % 4 :]


def mask(data: bytes) -> bytes:
    return bytes(byte ^ key for byte, key in zip(data, COOKIE.to_bytes(4, "big")))


def problem(server: tuple[str, int], peer: str, login: tuple[str, str]) -> str | None:
    """Returns what is wrong, or None: a request must be answered however many packets are queued before."""
    client = Client(server, *login)
    _, challenge = client.answer(client.ask(ALLOCATE, (TRANSPORT, UDP)))
    client.nonce = challenge[NONCE]
    _, allocated = client.answer(client.ask(ALLOCATE, (TRANSPORT, UDP)))
    relayed = server[0], int.from_bytes(mask(allocated[RELAYED][2:4]), "big")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talker:
        talker.bind((peer, 0))
        here = b"\0\1" + mask(talker.getsockname()[1].to_bytes(2, "big")) + mask(socket.inet_aton(peer))
        kind, _ = client.answer(client.ask(CHANNEL_BIND, (CHANNEL, b"\x40\0\0\0"), (PEER, here)))
        if kind != CHANNEL_BIND | SUCCESS:
            return f"no channel: {kind:#x}"
        for number in range(PACKETS):
            talker.sendto(PACKET, relayed)
            if number % 8 == 0:
                time.sleep(0.001)
    refreshed = client.ask(REFRESH, (LIFETIME, struct.pack("!I", 600)))
    # It arrives while the queue is full.
    time.sleep(0.5)
    kind, _ = client.answer(refreshed) or (None, {})
    if client.packets == PACKETS:
        return "nothing was lost: there was room for all packets, and the answer had to wait for none"
    return None if kind == REFRESH | SUCCESS else f"the allocation was not refreshed: {kind}"
