"""Attacks on TCP connections and signaling sockets, by IPv4 and IPv6."""

import itertools
import json
import os
import resource
import socket
import struct
import time

import people
from attack import Attack, Broken, must
from server import Server

GREEDY = "10.79.0.1"
# Of one site, so the limits of a /24 apply.
SITE = [f"10.79.0.{host}" for host in range(1, 9)]
# Many /64 of one /48, in many /56.
PROVIDED = [f"fd79:0:1:{64 * net:x}::1" for net in range(1, 513)]

# Of the server, in all, and the state of a connection in TCP_INFO (tcp(7)).
CONNECTIONS, ESTABLISHED = 20_000, 1


def newcomers(server: Server, number: int = 4) -> None:
    """People of another network come, each into a room of their own."""
    for which in range(number):
        source = f"10.79.200.{which + 1}" if which % 2 else f"fd79:0:200:{which:x}::1"
        try:
            one = people.Socket(server, source)
            one.join(f"newcomer-{which}-{os.urandom(4).hex()}")
            one.socket.close()
        except OSError as error:
            raise Broken(f"a newcomer did not get in: {error}") from error


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
    """Eight addresses of one site open connections, at most 20,000, and keep them. A /24 has a ninth."""
    return take_all(server, seconds, SITE, CONNECTIONS // 9)


def hoard_by_ipv6(server: Server, seconds: float) -> str:
    """The same from many /64 of one /48, which has a fifth."""
    return take_all(server, seconds, PROVIDED, CONNECTIONS // 5)


def is_open(one: socket.socket) -> bool:
    """Whether the server accepted this connection and has not closed it."""
    try:
        return one.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED)
    except OSError:
        return False


def take_all(server: Server, seconds: float, addresses: list[str], most_open: int) -> str:
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    held, most = [], min(20_000, files - 100)
    sources = itertools.cycle(addresses)
    try:
        for _ in ends(seconds):
            if len(held) >= most:
                break
            for _ in range(100):
                source = next(sources)
                one = socket.socket(socket.AF_INET if "." in source else socket.AF_INET6)
                one.setblocking(False)
                one.bind((source, 0))
                one.connect_ex(server.pages if "." in source else server.pages_6)
                held.append(one)
        time.sleep(0.2)
        newcomers(server)
        open_here = sum(map(is_open, held))
        open_there = server.metrics()["connections"]
    finally:
        for one in held:
            one.close()
    must(open_here > 50, f"{open_here} of {len(held)} connections came about")
    # Those of the call, of newcomers and of metrics, and some that the server is closing.
    must(open_there <= most_open + 50, f"{open_there:.0f} connections, more than {most_open}")
    return f"{len(held)} tried, {open_here} open; {refusals(server)}"


def answer_to_join(one: people.Socket) -> str:
    """Returns `joined`, `full` or `error`. `leave` without a seat is answered with an error as well."""
    while True:
        for found in one.messages():
            if found["type"] in ("joined", "full") or found.get("code") == "rate_limited":
                return found["type"]
        one.received += one.more()


def guess(server: Server, seconds: float) -> str:
    """One address joins one room after another."""
    # At once, and what comes back while it lasts.
    return try_names(server, seconds, [GREEDY], 100 + 2 * seconds)


def guess_by_ipv6(server: Server, seconds: float) -> str:
    """The same from many /64 of one /48, which may try sixteen times as many."""
    return try_names(server, seconds, PROVIDED[:64], 16 * (100 + 2 * seconds))


def try_names(server: Server, seconds: float, addresses: list[str], most: float) -> str:
    tried = seen = 0
    sockets = {}
    for _, source in zip(ends(seconds), itertools.cycle(addresses)):
        try:
            if source not in sockets:
                sockets[source] = people.Socket(server, source)
                sockets[source].send({"type": "hello", "version": 1})
            one = sockets[source]
            join = json.dumps({"type": "join", "room": f"guess-{tried}"}).encode()
            leave = json.dumps({"type": "leave"}).encode()
            one.socket.sendall(people.frame(join) + people.frame(leave))
            tried += 1
            answer = answer_to_join(one)
            seen += answer != "error"
        except OSError:
            sockets.pop(source, None)
    for one in sockets.values():
        one.socket.close()
    newcomers(server)
    must(seen > 0, "no name was tried")
    must(seen <= 1.05 * most + 5, f"{seen} names of rooms were tried, more than {most:.0f}")
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
    must(sent > 0, "nothing was sent")
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
        bytes_held = server.metrics()["held_bytes"]
    finally:
        for one in held:
            one.close()
    must(len(held) > 50, f"{len(held)} connections came about")
    return f"{len(held)} opened, {broken} cut off, {bytes_held / 1e6:.0f} MB held; {refusals(server)}"


def heads(server: Server, seconds: float) -> str:
    def begin(server: Server, source: str) -> socket.socket:
        one = people.connect(server, source, 5)
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
    Attack("connections hoarded by an IPv6 /48", hoard_by_ipv6, feels="signaling"),
    Attack("names of rooms guessed", guess, feels="signaling"),
    Attack("names of rooms guessed by an IPv6 /48", guess_by_ipv6, feels="signaling"),
    Attack("empty fragments", fragments, feels="signaling"),
    Attack("unfinished heads", heads, feels="signaling"),
    Attack("unfinished frames", frames, feels="signaling"),
]
