"""Attacks on the TURN server."""

import os
import socket
import time

import people
import stun
from attack import Attack, Broken, must
from server import Server

UDP = stun.TRANSPORT, stun.UDP


def client(server: Server, source: str, name: str, tcp: bool = False) -> stun.Client:
    by_ipv4, by_ipv6 = (server.pages, server.pages_6) if tcp else (server.turn, server.turn_6)
    return stun.Client(by_ipv4 if "." in source else by_ipv6, source, server.login(name), tcp)


def newcomer(server: Server, source: str = "10.79.200.1", tcp: bool = False) -> None:
    """Somebody else wants a relay."""
    one = client(server, source, f"newcomer {source}", tcp)
    answer = one.allocate()
    one.close()
    if answer != 0:
        raise Broken(f"a newcomer got {answer or 'no answer'}")


def ends(seconds: float):
    """Yields until the time is over, at least once."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        yield


def allocate_and_end(server: Server, seconds: float) -> str:
    """Pairs of Allocate and Refresh(0), up to 20,000 a second, from eight sockets with one login."""
    clients = [client(server, "10.79.0.1", "looper") for _ in range(8)]
    pairs = []
    for one in clients:
        one.allocate(tries=2)
        end = one.request(stun.REFRESH, (stun.LIFETIME, bytes(4)))
        pairs.append((one.socket, one.request(stun.ALLOCATE, UDP), end))
        one.socket.setblocking(False)
    before = server.metrics()["turn_allocated_total"]
    began, sent = time.monotonic(), 0
    for _ in ends(seconds):
        while sent < (time.monotonic() - began) * 20_000:
            which, allocate, end = pairs[sent % len(pairs)]
            which.send(allocate)
            which.send(end)
            people.drain(which)
            sent += 1
    lasted = time.monotonic() - began
    for one in clients:
        one.close()
    newcomer(server)
    done = server.metrics()["turn_allocated_total"] - before
    must(done > 0, "nothing was allocated")
    return f"{sent / lasted:.0f} pairs/s sent, {done / lasted:.0f} allocated"


def hoard(server: Server, seconds: float) -> str:
    """Four addresses of one network and many logins take what they get."""
    return take_all(server, seconds, [f"10.79.1.{host}" for host in range(1, 5)], 444)


def hoard_everywhere(server: Server, seconds: float) -> str:
    """The same from 40 networks."""
    addresses = [f"10.79.{10 + net}.{host}" for net in range(40) for host in (1, 2)]
    return take_all(server, seconds, addresses, 4_000)


def hoard_by_ipv6(server: Server, seconds: float) -> str:
    """The same from many /64 of one /48."""
    return take_all(server, seconds, [f"fd79:0:1:{64 * net:x}::1" for net in range(1, 257)], 800)


def take_all(server: Server, seconds: float, addresses: list[str], most: int) -> str:
    """Allocates until there is no more. The server must not give more than `most`."""
    held, end = [], time.monotonic() + 3 * seconds
    for _ in ends(3 * seconds):
        before = len(held)
        for address in addresses:
            # Without an answer, each takes half a second.
            if time.monotonic() > end:
                break
            one = client(server, address, f"hoarder {len(held) // 10}")
            if one.allocate(tries=1) == 0:
                held.append(one)
            else:
                one.close()
        if len(held) == before or len(held) > 5000:
            break
    try:
        newcomer(server)
        newcomer(server, "fd79:0:200:1::1")
        in_all = server.metrics()["turn_allocations"]
    finally:
        for one in held:
            one.close()
    must(0 < len(held) <= most, f"{len(held)} allocations, not at most {most}")
    return f"{len(held)} held of {in_all:.0f}"


def forged(server: Server, seconds: float) -> str:
    """Requests with a victim's source address, 1,500 a second. The victim asks for its address meanwhile."""
    victim = client(server, people.BEN, "victim")
    forger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    forger.bind((people.BEN, 0))
    forger.connect(server.turn)
    forger.setblocking(False)
    asked, answered, came, sent = [], 0, 0, 0
    began = time.monotonic()
    ids = {}
    victim.socket.setblocking(False)
    for _ in ends(max(seconds, 1) + 4):
        now = time.monotonic()
        while now - began < seconds + 4 and sent < (now - began) * 1500:
            forger.send(stun.message(stun.BINDING))
            sent += 1
        came += sum(map(len, people.drain(forger)))
        if now - began < seconds and (not asked or now - asked[-1] > 0.05):
            packet = stun.message(stun.BINDING)
            ids[packet[8:20]] = [now, packet, 0]
            asked.append(now)
        for at_id in list(ids):
            start, packet, tries = ids[at_id]
            # Retransmissions after 0, 0.5, 1.5 and 3.5 seconds.
            if tries < 4 and now >= start + 0.5 * (2**tries - 1):
                victim.socket.send(packet)
                ids[at_id][2] += 1
        for packet in people.drain(victim.socket):
            answered += ids.pop(packet[8:20], None) is not None
        time.sleep(0.001)
    lasted = time.monotonic() - began
    victim.close(), forger.close()
    # Each try has a chance of one half: 94 % on average, less than 75 % of 20 once in 3,000 runs.
    if answered < 0.75 * len(asked):
        raise Broken(f"the victim got {answered} of {len(asked)} answers")
    must(came > 0 and asked, "no forged request was answered")
    reflected = f"{came / lasted / 1000:.1f} kB/s reflected"
    return f"{answered} of {len(asked)} answers after at most 4 tries; {reflected}"


def flood(server: Server, seconds: float) -> str:
    """Send indications of 1,200 bytes from one client, to another relayed address, as fast as Python can."""
    one, other = client(server, "10.79.2.1", "flooder"), client(server, "10.79.2.2", "flooded")
    if one.allocate() != 0 or other.allocate() != 0 or one.bind(0x4000, other.relayed) != 0:
        raise Broken("the flooder got no relay")
    before = server.metrics().get('turn_bytes_total{direction="to_peers"}', 0)
    packet = stun.message(stun.SEND, stun.peer(other.relayed), (stun.DATA, os.urandom(1200)))
    sent = 0
    began = time.monotonic()
    for _ in ends(seconds):
        for _ in range(50):
            one.socket.send(packet)
        sent += 50
    lasted = time.monotonic() - began
    through = server.metrics().get('turn_bytes_total{direction="to_peers"}', 0) - before
    one.close(), other.close()
    must(through > 0, "nothing was relayed")
    rates = (count * 8 / lasted / 1e6 for count in (sent * 1200, through))
    return "{:.0f} Mbit/s sent, {:.0f} relayed".format(*rates)


def permissions(server: Server, seconds: float) -> str:
    """Permissions and channels for ever other peers, without waiting for answers."""
    clients = [client(server, f"10.79.3.{host}", f"permitter {host}") for host in range(1, 5)]
    for one in clients:
        if one.allocate() != 0:
            raise Broken("no relay for the attacker")
        one.socket.setblocking(False)
    count = 0
    for number in range(10**9):
        if number and time.monotonic() > end:
            break
        if not number:
            end = time.monotonic() + seconds
        to = f"10.79.{number >> 8 & 255}.{number & 255}", 4000
        for one in clients:
            one.socket.send(one.request(stun.PERMISSION, stun.peer(to)))
            channel = stun.CHANNEL, bytes([0x40, number & 255, 0, 0])
            one.socket.send(one.request(stun.CHANNEL_BIND, channel, stun.peer(to)))
            people.drain(one.socket)
            count += 2
    for one in clients:
        one.close()
    newcomer(server)
    return f"{count / seconds:.0f} requests/s"


def after_leaving(server: Server, seconds: float) -> str:
    """People join, leave, and go on with the logins of their seats."""
    refused = 0
    for _ in ends(seconds):
        person = people.Socket(server, "10.79.4.1")
        told = person.join(f"left-{refused}")["ice_servers"][0]
        login = told["username"], told["credential"]
        held = stun.Client(server.turn, "10.79.4.1", login)
        if held.allocate() != 0:
            raise Broken("somebody in a room got no relay")
        person.send({"type": "leave"})
        while server.metrics()["people"]:
            time.sleep(0.01)
        late = stun.Client(server.turn, "10.79.4.1", login)
        answer = late.allocate()
        if answer != 403:
            raise Broken(f"somebody who had left got {answer}")
        refused += 1
        person.socket.close(), held.close(), late.close()
        time.sleep(0.1)
    return f"{refused} of {refused} refused"


ATTACKS = [
    Attack("turn: allocate and end, one login", allocate_and_end),
    Attack("turn: hoarding from four addresses", hoard),
    Attack("turn: hoarding from 40 networks", hoard_everywhere),
    Attack("turn: hoarding from an IPv6 /48", hoard_by_ipv6),
    Attack("turn: forged sources of a victim", forged),
    Attack("turn: a flood of Send indications", flood, loses=True),
    Attack("turn: permissions and channels", permissions),
    Attack("turn: logins of seats that were left", after_leaving),
]
