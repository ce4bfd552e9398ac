"""Attacks on TURN over TCP, at the port of the pages. What the call feels is media by UDP."""

import contextlib
import itertools
import socket
import struct

import people
import sockets
import stun
import turn
from attack import Attack, must
from server import Server

# Four addresses of each of ten /24.
SOURCES = [f"10.79.{60 + net}.{host}" for net in range(10) for host in range(1, 5)]
STREAMS = 2_000
REFUSED = 'turn_refusals_total{reason="unauthorized"}'


def unfinished(server: Server, seconds: float) -> str:
    """Streams that hold the largest frame, but for its end: STUN messages and ChannelData in turn."""
    heads = [struct.pack("!HHI", stun.ALLOCATE, 65_528, stun.COOKIE), struct.pack("!HH", 0x4000, 65_535)]
    held, sent, broken = [], 0, 0
    heads, sources = itertools.cycle(heads), itertools.cycle(SOURCES)
    try:
        for _ in turn.ends(seconds):
            if len(held) >= STREAMS:
                break
            with contextlib.suppress(OSError):
                one = people.connect(server, next(sources), 1)
                held.append(one)
                one.setblocking(False)
                try:
                    sent += one.send(next(heads) + bytes(65_000))
                except OSError:
                    broken += 1
        turn.newcomer(server)
        turn.newcomer(server, "10.79.201.1", tcp=True)
        still = sum(map(sockets.is_open, held))
    finally:
        for one in held:
            one.close()
    must(len(held) > 50, f"{len(held)} streams came about")
    taken = f"{sent / 1e6:.0f} MB handed to the kernel, {broken} refused"
    return f"{len(held)} streams, {still} still open, {taken}"


def wrong_signatures(server: Server, seconds: float) -> str:
    """Requests that are signed with a wrong key, over twenty streams, as fast as they are taken."""
    streams = []
    for number in range(20):
        one = turn.client(server, SOURCES[number], f"liar {number}", tcp=True)
        one.key = bytes(16)
        one.ask(stun.ALLOCATE, turn.UDP)
        packets = b"".join(one.request(stun.ALLOCATE, turn.UDP) for _ in range(100))
        one.socket.settimeout(0.02)
        streams.append((one.socket, packets))
    before, sent = server.metrics()[REFUSED], 0
    for _, (one, packets) in zip(turn.ends(seconds), itertools.cycle(streams)):
        # What the server does not take is lost, and the frame with it: this is an attacker.
        with contextlib.suppress(OSError):
            sent += one.send(packets)
        with contextlib.suppress(OSError):
            while one.recv(65536, socket.MSG_DONTWAIT):
                pass
    refused = server.metrics()[REFUSED] - before
    for one, _ in streams:
        one.close()
    turn.newcomer(server)
    turn.newcomer(server, "10.79.201.1", tcp=True)
    must(refused > 0, "no signature was checked")
    return f"{sent / seconds / 1e6:.1f} MB/s sent, {refused / seconds:.0f} refused/s"


ATTACKS = [
    Attack("turn by tcp: unfinished frames", unfinished),
    Attack("turn by tcp: wrong signatures", wrong_signatures),
]
