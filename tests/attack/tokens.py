"""Attacks with resume tokens. What the call feels is signaling."""

import base64
import os
import time

import people
import sockets
from attack import Attack, Broken, must
from server import Server

# A socket may send 100 messages a second; each try is a join and a leave.
SOCKETS, EVERY = 20, 0.02
ROOM = "a-call-under-attack"


def forged_token() -> str:
    mac = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    return f"{os.urandom(8).hex()}.{int(time.time()) // 60:x}.{mac}"


def forged(server: Server, seconds: float) -> str:
    """A thousand joins a second with tokens that are forged, or of another room, for the room of the call."""
    own = people.Socket(server, sockets.GREEDY)
    foreign = own.join("a-room-of-the-attacker")["resume_token"]
    attackers = [people.Socket(server, sockets.GREEDY) for _ in range(SOCKETS)]
    for one in attackers:
        one.send({"type": "hello", "version": 1})
    before, tried, full = server.metrics(), 0, 0
    for _ in sockets.ends(seconds):
        round_ends = time.monotonic() + EVERY
        for one in attackers:
            token = foreign if tried % 2 else forged_token()
            resume = {"token": token, "mode": ("takeover", "reconnect")[tried // 2 % 2]}
            one.send({"type": "join", "room": ROOM, "resume": resume})
            tried += 1
        for one in attackers:
            kind = sockets.answer_to_join(one)
            if kind == "joined":
                raise Broken("somebody with a token of another room got in")
            full += kind == "full"
        time.sleep(max(0, round_ends - time.monotonic()))
    after = server.metrics()
    for one in [own, *attackers]:
        one.socket.close()
    sockets.newcomers(server)
    must(full > 0, "no token was tried")
    must(after["resumes_total"] == before["resumes_total"], "somebody got a seat with a token")
    # A full room is a join like others.
    most = 200 + 20 * seconds
    must(full <= 1.05 * most + 5, f"{full} joins were answered, more than {most:.0f}")
    return f"{tried} tokens tried, {full} looked at"


def takeovers(server: Server, seconds: float) -> str:
    """Two pages take one seat from each other, with its latest token, while somebody else is in the room."""
    other = people.Socket(server, "10.79.70.2")
    other.join("taken-over")
    page = people.Socket(server, "10.79.70.1")
    token = page.join("taken-over")["resume_token"]
    before, refused = server.metrics(), 0
    for _ in sockets.ends(seconds):
        try:
            following = people.Socket(server, "10.79.70.1")
            token = following.join("taken-over", token)["resume_token"]
        except OSError:
            refused += 1
            time.sleep(0.005)
            continue
        page.socket.close()
        page = following
    after = server.metrics()
    for one in (page, other):
        one.socket.close()
    sockets.newcomers(server)
    taken = after["resumes_total"] - before["resumes_total"]
    must(taken > 0, "no seat was taken over")
    must(after["joins_total"] == before["joins_total"], "a takeover took a second seat")
    # Each is a connection: so many at once, and so many while it lasts.
    most = 1_000 + 100 * seconds
    must(taken <= 1.05 * most, f"{taken:.0f} takeovers, more than {most:.0f}")
    return f"{taken:.0f} takeovers, {refused} connections refused"


ATTACKS = [
    Attack("tokens forged and of other rooms", forged, feels="signaling"),
    Attack("a seat taken over back and forth", takeovers, feels="signaling"),
]
