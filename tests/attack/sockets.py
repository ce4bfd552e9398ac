"""Attacks on TCP connections and signaling sockets."""

import itertools
import json
import os
import resource
import socket
import struct
import time

import people
from attack import Attack, Broken
from server import Server

GREEDY = "10.79.0.1"
# Of one site, so the limits of a /24 apply.
SITE = [f"10.79.0.{host}" for host in range(1, 9)]


def newcomers(server: Server, number: int = 4) -> None:
    """People of another network come, each into a room of their own."""
    for which in range(number):
        source = f"10.79.200.{which + 1}"
        try:
            one = people.Socket(server, source)
            one.join(f"newcomer-{which}-{os.urandom(4).hex()}")
            one.socket.close()
        except OSError as error:
            raise Broken(f"a newcomer did not get in: {error}") from error


def connect(server: Server, source: str) -> socket.socket:
    return socket.create_connection(server.pages, timeout=5, source_address=(source, 0))


def refusals(server: Server) -> str:
    found = server.metrics().items()
    named = [(name.partition('"')[2].partition('"')[0], value) for name, value in found if "refusals" in name]
    return ", ".join(f"{value:.0f} {name}" for name, value in named if value and not name.startswith("turn"))


def ends(seconds: float):
    """Yields until the time is over, at least once."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        yield


def hoard(server: Server, seconds: float) -> str:
    """Eight addresses of one site open connections, at most 20,000, and keep them."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    held, most = [], min(20_000, files - 100)
    sources = itertools.cycle(SITE)
    try:
        for _ in ends(seconds):
            if len(held) >= most:
                break
            for _ in range(100):
                one = socket.socket()
                one.setblocking(False)
                one.bind((next(sources), 0))
                one.connect_ex(server.pages)
                held.append(one)
        time.sleep(0.2)
        newcomers(server)
        open_now = server.metrics().get("connections", -1)
    finally:
        for one in held:
            one.close()
    return f"{len(held)} tried, {open_now:.0f} open; {refusals(server)}"


def answer_to_join(one: people.Socket) -> str:
    """Returns `joined`, `full` or `error`. `leave` without a seat is answered with an error as well."""
    while True:
        for found in one.messages():
            if found["type"] in ("joined", "full") or found.get("code") == "rate_limited":
                return found["type"]
        one.received += one.more()


def guess(server: Server, seconds: float) -> str:
    """One address joins one room after another."""
    tried = seen = 0
    one = None
    for _ in ends(seconds):
        try:
            if one is None:
                one = people.Socket(server, GREEDY)
                one.send({"type": "hello", "version": 1})
            join = json.dumps({"type": "join", "room": f"guess-{tried}"}).encode()
            leave = json.dumps({"type": "leave"}).encode()
            one.socket.sendall(people.frame(join) + people.frame(leave))
            tried += 1
            answer = answer_to_join(one)
            seen += answer != "error"
        except OSError:
            one = None
    if one:
        one.socket.close()
    newcomers(server)
    # A burst for the site, and what comes back while it lasts.
    if seen > 400 + 10 * seconds:
        raise Broken(f"{seen} names of rooms were tried")
    return f"{tried} names tried, {seen} answered; {refusals(server)}"


def fragments(server: Server, seconds: float) -> str:
    """One address sends empty fragments of one message over four sockets."""
    begin, more = people.frame(b"", 0x01), people.frame(b"", 0x00) * 10_000
    sent, sockets = 0, {}
    for _ in ends(seconds):
        for which in range(4):
            try:
                if which not in sockets:
                    sockets[which] = people.Socket(server, GREEDY).socket
                    sockets[which].settimeout(0.05)
                    sockets[which].sendall(begin)
                sent += sockets[which].send(more)
            except TimeoutError:
                pass
            except OSError:
                sockets.pop(which, None)
    for one in sockets.values():
        one.close()
    newcomers(server)
    millions = sent / 6 / max(seconds, 0.001) / 1e6
    return f"{millions:.1f} million frames/s handed to the kernel; {refusals(server)}"


def unfinished(server: Server, seconds: float, begin, rest: bytes) -> str:
    """Eight addresses of one site open what they do not finish, at most 2,000 at a time."""
    held, broken = [], 0
    sources = itertools.cycle(SITE)
    try:
        for _ in ends(seconds):
            if len(held) >= 2_000:
                time.sleep(0.05)
                continue
            try:
                one = begin(server, next(sources))
                one.settimeout(0.2)
                held.append(one)
                one.sendall(rest)
            except OSError:
                broken += 1
        newcomers(server)
        bytes_held = server.metrics().get("held_bytes", -1)
    finally:
        for one in held:
            one.close()
    return f"{len(held)} open, {broken} cut off, {bytes_held / 1e6:.0f} MB held; {refusals(server)}"


def heads(server: Server, seconds: float) -> str:
    def begin(server: Server, source: str) -> socket.socket:
        one = connect(server, source)
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
        return one

    return unfinished(server, seconds, begin, b"a" * 400_000)


def frames(server: Server, seconds: float) -> str:
    def begin(server: Server, source: str) -> socket.socket:
        one = people.Socket(server, source).socket
        one.sendall(bytes([0x81, 0xFF]) + struct.pack("!Q", 65_536) + bytes(4))
        return one

    return unfinished(server, seconds, begin, b"a" * 65_000)


ATTACKS = [
    Attack("connections hoarded by a site", hoard, feels="signaling"),
    Attack("names of rooms guessed", guess, feels="signaling"),
    Attack("empty fragments", fragments, feels="signaling"),
    Attack("unfinished heads", heads, feels="signaling"),
    Attack("unfinished frames", frames, feels="signaling"),
]
