"""Attacks on the codelab mode by polling, where sessions have no connections. The call feels signaling."""

import http.client
import itertools
import re
from collections import Counter
from collections.abc import Callable

import sockets
from attack import Attack, must
from server import Server

# Of Engine.IO 3, whose payloads are parsed most laboriously.
OPEN = "/socket.io/?EIO=3&transport=polling"
# As many packets as a body may have, and a long one.
PINGS = "1:2" * 255 + "64000:4" + 63_999 * "x"


class Client:
    """A connection from one address."""

    def __init__(self, server: Server, source: str):
        self.http = http.client.HTTPConnection(*server.pages, timeout=5, source_address=(source, 0))

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        self.http.request(method, path, body, {"content-type": "text/plain;charset=UTF-8"})
        answer = self.http.getresponse()
        return answer.status, answer.read().decode(errors="replace")

    def open(self) -> tuple[int, str]:
        """Opens a session. Returns the status, and the address of the session."""
        status, text = self.ask("GET", OPEN)
        found = re.search('"sid":"([^"]+)"', text)
        return status, f"{OPEN}&sid={found[1]}" if found else ""


def repeat(server: Server, seconds: float, act: Callable[[Client], None]) -> int:
    """Acts by connections of eight addresses of a site in turn, until the time is over.

    Returns how many connections the server closed: who is refused may be cut off within a body.
    """
    clients: dict[str, Client] = {}
    cut_off = 0
    for _, source in zip(sockets.ends(seconds), itertools.cycle(sockets.SITE)):
        client = clients.setdefault(source, Client(server, source))
        try:
            act(client)
        except (OSError, http.client.HTTPException):
            clients.pop(source).http.close()
            cut_off += 1
    for client in clients.values():
        client.http.close()
    return cut_off


def hoard(server: Server, seconds: float) -> str:
    """Sessions are opened and never polled. A /24 has a ninth of all places."""
    statuses: Counter[int] = Counter()

    def act(client: Client) -> None:
        statuses[client.open()[0]] += 1

    cut_off = repeat(server, seconds, act)
    sockets.newcomers(server)
    opened = statuses[200]
    must(opened > 0, "no session was opened")
    must(opened <= sockets.CONNECTIONS // 9, f"{opened} sessions, more than a ninth of all places")
    return f"{opened} sessions opened, {statuses[429]} refused, {cut_off} cut off"


def flood(server: Server, seconds: float) -> str:
    """Bodies full of the smallest packets are posted."""
    sessions: dict[Client, str] = {}
    statuses: Counter[int] = Counter()

    def act(client: Client) -> None:
        if not sessions.get(client):
            sessions[client] = client.open()[1]
        status, _ = client.ask("POST", sessions[client] or OPEN, PINGS)
        statuses[status] += 1
        if status == 400:
            del sessions[client]

    cut_off = repeat(server, seconds, act)
    sockets.newcomers(server)
    must(statuses[200] > 0, "nothing was posted")
    return f"{statuses[200]} bodies of packets posted, {statuses[429]} refused, {cut_off} cut off"


ATTACKS = [
    Attack("Socket.IO sessions hoarded by polling", hoard, feels="signaling"),
    Attack("Socket.IO packets without end", flood, feels="signaling"),
]
