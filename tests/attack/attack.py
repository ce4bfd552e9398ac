"""Runs the attacks, one after another, each on a server of its own, and prints what a call felt.

An attack module has a list `ATTACKS` of `Attack`, and is named in MODULES:

    name    what is printed
    run     run(server, seconds) attacks for so long. It returns a short text about what it saw, and raises
            `Broken` if something is wrong that is no time: a newcomer is refused, something is not bounded,
            or the attack did not reach the server (`must`): what did not happen has not been withstood.
            With less than two seconds it must still try everything once. It closes all its sockets.
    feels   the call that is measured meanwhile: "media" (relayed packets) or "signaling" (messages)
    loses   whether the call may lose packets and be late, because the attack fills the link or a queue of
            the kernel before the server

The long form fails as well where p99 under attack is over twice that of the quiet phase and over FLOOR_MS.

Addresses of attackers: 10.79.0.0/16 and fd79::/16, any of them can be bound. See server.py for what is known
of the server, people.py for a WebSocket, stun.py for a TURN client.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import server as servers
from people import Call
from server import MEMORY_MB, Server


# Below this, p99 is noise: of 23 quiet phases beside a build on two processors the worst had 4.97 ms with
# media and 5.20 ms with signaling, the best 0.35 and 0.71. Unit: millisecond.
FLOOR_MS = {"media": 5.0, "signaling": 5.5}


class Broken(Exception):
    """Something is wrong that is no time."""


def must(condition: bool, otherwise: str) -> None:
    if not condition:
        raise Broken(otherwise)


@dataclass(frozen=True)
class Attack:
    name: str
    run: Callable[[Server, float], str]
    feels: str = "media"
    loses: bool = False


@dataclass(frozen=True)
class Felt:
    """What a call felt in one phase. Unit: millisecond."""

    p50: float
    p99: float
    lost: int
    sent: int

    def __str__(self) -> str:
        return f"{self.p50:8.2f} {self.p99:8.2f} {self.lost:5} of {self.sent:5}"


def felt(packets: list[tuple[float, float | None]], begin: float, end: float) -> Felt:
    here = [took for at, took in packets if begin <= at < end]
    arrived = [took * 1000 for took in here if took is not None] or [float("inf")] * 2
    cuts = statistics.quantiles(arrived, n=100) if len(arrived) > 1 else arrived * 99
    return Felt(cuts[49], cuts[98], sum(took is None for took in here), len(here))


def apart(*victims: int) -> None:
    """Gives the attacker, this process, a processor of its own, as an attacker elsewhere has it."""
    *others, last = sorted(os.sched_getaffinity(0) | set(range(os.cpu_count() or 1)))
    if others:
        for process in victims:
            for thread in Path(f"/proc/{process}/task").iterdir():
                os.sched_setaffinity(int(thread.name), others)
        os.sched_setaffinity(0, {last})


def ratio(quiet: Felt, under: Felt) -> float:
    return under.p99 / quiet.p99


def run(attack: Attack, seconds: float, is_timed: bool) -> list[str]:
    """Runs an attack on a server of its own. Returns what is wrong."""
    problems = []
    with servers.running() as server:
        call = Call(attack.feels, server)
        apart(server.process.pid, call.process.pid)
        began = time.monotonic()
        time.sleep(seconds if is_timed else 0.3)
        attacked = time.monotonic()
        try:
            text = attack.run(server, seconds)
        except (Broken, OSError, LookupError) as broken:
            text = f"{type(broken).__name__}: {broken}"
            problems.append(text)
        ended = time.monotonic()
        packets = call.end()
        if packets is None:
            problems.append("the call ended")
            packets = []
        if server.process.poll() is not None:
            problems.append(f"the server ended with {server.process.returncode}")
        else:
            peak = server.peak_mb()
            text += f"; {peak:.0f} MB"
            if peak > MEMORY_MB:
                problems.append(f"the server took {peak:.0f} MB")
    quiet, under = felt(packets, began, attacked), felt(packets, attacked, ended)
    print(f"{attack.name:44} {quiet} {under} {ratio(quiet, under):5.1f}  {text}", flush=True)
    if not quiet.sent or not under.sent:
        problems.append("nothing of the call was measured")
    if quiet.lost:
        problems.append(f"{quiet.lost} packets of the call were lost in the quiet phase")
    if under.lost and not attack.loses:
        problems.append(f"{under.lost} packets of the call were lost")
    if is_timed and not attack.loses and under.p99 > max(2 * quiet.p99, FLOOR_MS[attack.feels]):
        times = f"{ratio(quiet, under):.1f} times that of the quiet phase"
        problems.append(f"p99 was {under.p99:.2f} ms, {times}")
    return problems


def main() -> None:
    # Each of them imports this module.
    sys.modules["attack"] = sys.modules["__main__"]
    import codelab
    import hub
    import pages
    import sockets
    import tokens
    import turn
    import turn_tcp

    modules = [turn, turn_tcp, hub, tokens, sockets, pages, codelab]
    arguments = argparse.ArgumentParser(prog="tests/attack/run.sh")
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--seconds", type=float, default=8)
    arguments.add_argument("name", nargs="*")
    wanted = arguments.parse_args()
    attacks = [attack for module in modules for attack in module.ATTACKS]
    if wanted.name:
        attacks = [attack for attack in attacks if any(part in attack.name for part in wanted.name)]
    if not attacks:
        arguments.error("no attack has such a name")
    head = "     p50      p99 lost (ms)      "
    print(f"{'':44} {'quiet':33}under attack\n{'attack':44} {head}{head}ratio", flush=True)
    problems = []
    for attack in attacks:
        wrong = run(attack, 1 if wanted.short else wanted.seconds, is_timed=not wanted.short)
        problems += [f"{attack.name}: {one}" for one in wrong]
    for problem in problems:
        print(f"attacks: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
