"""STUN and TURN as far as a client needs it (RFC 8489, RFC 8656), by UDP or TCP."""

import hashlib
import hmac
import os
import socket
import struct
import time
from collections.abc import Iterator

COOKIE = 0x2112A442
BINDING, ALLOCATE, REFRESH, SEND, PERMISSION, CHANNEL_BIND = 1, 3, 4, 0x16, 8, 9
SUCCESS, ERROR = 0x0100, 0x0110
USERNAME, INTEGRITY, CODE, CHANNEL, LIFETIME, PEER, DATA = 6, 8, 9, 12, 13, 18, 19
REALM, NONCE, RELAYED, TRANSPORT = 20, 21, 22, 25
UDP = b"\x11\0\0\0"
# RFC 8489, section 6.2.1. Unit: second. The last of seven is waited for longer.
RETRANSMISSIONS = [0.5, 1, 2, 4, 8, 16, 8]


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def message(kind: int, *attributes: tuple[int, bytes], key: bytes | None = None) -> bytes:
    """Returns a message with a new transaction id, signed if there is a key."""
    number = os.urandom(12)
    body = b"".join(attribute(*one) for one in attributes)
    if key:
        signed = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + number + body
        body += attribute(INTEGRITY, hmac.new(key, signed, hashlib.sha1).digest())
    return struct.pack("!HHI", kind, len(body), COOKIE) + number + body


def attributes(packet: bytes) -> dict[int, bytes]:
    found, body = {}, packet[20:]
    while body:
        kind, length = struct.unpack("!HH", body[:4])
        found.setdefault(kind, body[4 : 4 + length])
        body = body[4 + length + -length % 4 :]
    return found


def code(packet: bytes) -> int:
    """Returns the error code of a response, 0 for success."""
    if struct.unpack("!H", packet[:2])[0] & ERROR != ERROR:
        return 0
    value = attributes(packet)[CODE]
    return value[2] * 100 + value[3]


def xor(data: bytes) -> bytes:
    return bytes(byte ^ mask for byte, mask in zip(data, COOKIE.to_bytes(4, "big")))


def peer(address: tuple[str, int]) -> tuple[int, bytes]:
    """Returns XOR-PEER-ADDRESS for an IPv4 address."""
    port = xor(address[1].to_bytes(2, "big"))
    return PEER, b"\0\1" + port + xor(socket.inet_aton(address[0]))


class Client:
    """A TURN client. `ask` waits for the response, `request` only makes one."""

    def __init__(self, server: tuple[str, int], source: str, login: tuple[str, str], tcp: bool = False):
        username, password = login
        self.server, self.tcp = server, tcp
        self.username, self.nonce = username.encode(), b""
        self.key = hashlib.md5(f"{username}:halloo:{password}".encode()).digest()
        if tcp:
            self.socket = socket.create_connection(server, timeout=5, source_address=(source, 0))
        else:
            family = socket.AF_INET if "." in source else socket.AF_INET6
            self.socket = socket.socket(family, socket.SOCK_DGRAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.bind((source, 0))
            self.socket.connect(server)
        self.received = b""

    def close(self) -> None:
        self.socket.close()

    def request(self, method: int, *more: tuple[int, bytes]) -> bytes:
        if not self.nonce:
            return message(method, *more)
        login = (USERNAME, self.username), (REALM, b"halloo"), (NONCE, self.nonce)
        return message(method, *more, *login, key=self.key)

    def ask(self, method: int, *more: tuple[int, bytes], tries: int = 7) -> bytes | None:
        """Returns the response, or None if there is none. Learns the nonce on the way."""
        for _ in range(2):
            answer = self.exchange(self.request(method, *more), tries)
            if answer is None or code(answer) not in (401, 438) or NONCE not in attributes(answer):
                return answer
            self.nonce = attributes(answer)[NONCE]
        return answer

    def exchange(self, packet: bytes, tries: int = 7) -> bytes | None:
        for wait in RETRANSMISSIONS[: 1 if self.tcp else tries]:
            self.socket.send(packet)
            end = time.monotonic() + (5 if self.tcp else wait)
            for frame in self.frames(end):
                if frame[0] < 0x40 and frame[8:20] == packet[8:20]:
                    return frame
        return None

    def frames(self, end: float) -> Iterator[bytes]:
        """Returns what comes until then: STUN messages and ChannelData."""
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                came = self.socket.recv(65536)
            except (TimeoutError, ConnectionError):
                return
            if not self.tcp:
                yield came
                continue
            if not came:
                return
            self.received += came
            while len(self.received) >= 4:
                kind, length = struct.unpack("!HH", self.received[:4])
                length = length + 20 if kind >> 14 == 0 else 4 + length + -length % 4
                if len(self.received) < length:
                    break
                frame, self.received = self.received[:length], self.received[length:]
                yield frame

    def allocate(self, tries: int = 7) -> int | None:
        """Returns 0, the error code, or None without a response. Sets `relayed`."""
        answer = self.ask(ALLOCATE, (TRANSPORT, UDP), tries=tries)
        if answer is None or code(answer):
            return answer and code(answer)
        value = attributes(answer)[RELAYED]
        self.relayed = self.server[0], int.from_bytes(xor(value[2:4]), "big")
        return 0

    def bind(self, number: int, to: tuple[str, int]) -> int | None:
        answer = self.ask(CHANNEL_BIND, (CHANNEL, struct.pack("!HH", number, 0)), peer(to))
        return answer and code(answer)


def channel_data(number: int, data: bytes) -> bytes:
    return struct.pack("!HH", number, len(data)) + data
