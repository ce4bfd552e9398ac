"""Attacks on the hub: rooms, seats, timers and messages. What the call feels is signaling."""

import contextlib
import itertools
import time

from attack import Attack, must
from people import Socket
from server import Server

# What a socket may say in a second, after a burst.
RATE = 100
# The largest signal, without its envelope.
PAYLOAD = "x" * 60_000


def address(number: int) -> str:
    """One of many networks (/24)."""
    return f"10.79.{number % 250}.1"


def open_many(server: Server, count: int, networks: int) -> list[Socket]:
    """As many as the server lets in."""
    sockets = []
    for number in range(count):
        with contextlib.suppress(OSError, ConnectionError):
            sockets.append(Socket(server, address(number % networks)))
    return sockets


def come_and_go(server: Server, seconds: float) -> str:
    """Joins rooms and leaves them: each seat is a departure to be remembered."""
    sockets = open_many(server, 50, 10)
    before = server.metrics()["joins_total"]
    end, sent = time.monotonic() + seconds, 0
    for one in sockets:
        one.send({"type": "hello", "version": 1})
    for turn in itertools.count():
        if time.monotonic() >= end:
            break
        for number, one in enumerate(sockets):
            with contextlib.suppress(OSError, ConnectionError):
                one.send({"type": "join", "room": f"room-{number}-{turn}"})
                one.send({"type": "keep_seat", "peer": "00000000000000a1"})
                one.send({"type": "leave"})
                sent += 1
        time.sleep(3 / RATE)
    visits = server.metrics()["joins_total"] - before
    close(sockets)
    must(visits > 0, "nobody joined")
    return f"{sent} visits tried, {visits:.0f} joined; {slow(server)}"


def lost_at_once(server: Server, seconds: float) -> str:
    """Joins many rooms, and gives up every socket at one moment: their seats are freed at one moment."""
    sockets = open_many(server, 1_000 if seconds > 2 else 100, 100)
    joined = 0
    for number, one in enumerate(sockets):
        with contextlib.suppress(OSError, ConnectionError):
            one.join(f"room-{number}")
            joined += 1
    close(sockets)
    must(joined > 50, f"only {joined} joined")
    # The seat of a page that went away is kept for five seconds.
    time.sleep(min(seconds, 7))
    return f"{joined} seats, {slow(server)}"


def as_much_as_may_be(server: Server, seconds: float) -> str:
    """Twenty people send the largest signals as often as they may to people who read nothing."""
    sockets = open_many(server, 40, 20)
    pairs = []
    for number, (one, other) in enumerate(zip(sockets[::2], sockets[1::2], strict=False)):
        with contextlib.suppress(OSError, ConnectionError):
            one.join(f"room-{number}")
            pairs.append((one, other.join(f"room-{number}")["you"]))
            one.socket.settimeout(0.2)
    must(len(pairs) > 10, f"only {len(pairs)} pairs are in a room")
    end, sent = time.monotonic() + seconds, 0
    before = server.metrics()["relayed_bytes_total"]
    while time.monotonic() < end:
        for one, to in pairs:
            with contextlib.suppress(OSError, ConnectionError):
                one.send({"type": "signal", "to": to, "signal": {"kind": PAYLOAD}})
                sent += 1
        time.sleep(1 / RATE)
    relayed = server.metrics()["relayed_bytes_total"] - before
    close(sockets)
    must(relayed > 0, "no signal was relayed")
    return f"{sent} signals tried, {relayed / 1e6:.0f} MB relayed; {slow(server)}"


def slow(server: Server) -> str:
    """How many inputs held the hub's lock for more than 4.1 ms, the bound of a bucket of the histogram."""
    found = server.metrics()
    bucket = 'handler_seconds_bucket{le="0.0040'
    quick = next(count for name, count in found.items() if name.startswith(bucket))
    return f"{found['handler_seconds_count'] - quick:.0f} inputs over 4.1 ms"


def close(sockets: list[Socket]) -> None:
    for one in sockets:
        one.socket.close()


ATTACKS = [
    Attack("people who come and go", come_and_go, feels="signaling"),
    Attack("a thousand seats lost at once", lost_at_once, feels="signaling"),
    Attack("the largest signals, and nobody reads", as_much_as_may_be, feels="signaling"),
]
