"""Attacks on pages. What the call feels is signaling."""

import itertools
import socket

import people
import sockets
from attack import Attack, Broken, must
from server import Server

# Requests in a row on one connection, without waiting for answers.
PIPELINED = 8


def request(number: int) -> bytes:
    return f"GET /r/flood-{number} HTTP/1.1\r\nHost: 10.78.0.1:8080\r\n\r\n".encode()


def flood(server: Server, seconds: float) -> str:
    """Eight addresses of a /24 ask for pages of rooms. It may have four times as many as an address."""
    connections, answered, refused = {}, 0, 0
    for turn, source in zip(itertools.count(), itertools.cycle(sockets.SITE)):
        if turn == 0:
            clock = sockets.ends(seconds)
        if next(clock, "over") == "over":
            break
        try:
            if source not in connections:
                connections[source] = people.connect(server, source, 2)
            one = connections[source]
            one.sendall(b"".join(request(PIPELINED * turn + number) for number in range(PIPELINED)))
            pages, refusals = answers(one)
            answered, refused = answered + pages, refused + refusals
        except OSError:
            connections.pop(source, None)
    for one in connections.values():
        one.close()
    newcomer(server)
    sockets.newcomers(server)
    must(answered > 0, "no page was rendered")
    most = 4 * (1_000 + 50 * seconds)
    must(answered <= 1.05 * most, f"{answered} pages were rendered, more than {most:.0f}")
    return f"{answered} pages rendered, {refused} refused"


def answers(one: socket.socket) -> tuple[int, int]:
    """Reads the answers to what was asked. Returns how many are pages and how many refusals."""
    came, status = b"", b"HTTP/1.1 "
    # Each begins with a status line; the last is there whole when nothing follows for now.
    while came.count(status) < PIPELINED:
        more = one.recv(1 << 20)
        if not more:
            raise ConnectionError("closed")
        came += more
    return came.count(status + b"200"), came.count(status + b"429")


def newcomer(server: Server) -> None:
    """Somebody else opens a page."""
    with people.connect(server, "10.79.200.9", 5) as one:
        one.sendall(request(0))
        status = one.recv(64).split(b"\r\n")[0]
    if b" 200 " not in status:
        raise Broken(f"a newcomer got {status.decode()}")


ATTACKS = [Attack("pages loaded without end", flood, feels="signaling")]
