"""Runs coturn's client against halloo and, with --measure, against coturn. Started by run.sh."""

import argparse
import base64
import hashlib
import hmac
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import stalled

HERE = Path(__file__).parent
HALLOO = Path(os.environ.get("HALLOO_BIN", HERE / "../../target/release/halloo")).resolve()
KEY = bytes(range(32))
# The prefix of commands on the server's host; the addresses of both hosts.
ON_SERVER = os.environ["ON_SERVER"].split()
SERVER, SERVER_6, OTHER_OF_SERVER = "10.78.0.1", "fd78::1", "10.78.0.9"
PEER, PEER_6 = "10.78.0.2", "fd78::2"
TURN_PORT, PAGES_PORT, PEER_PORT = 3478, 8443, 3480
START_S = 15
LENGTH = 1200


def login(secret: bytes, name: str) -> tuple[str, str]:
    """Returns user name and password of the TURN REST scheme."""
    username = f"{int(time.time()) + 3600}:{name}"
    digest = hmac.new(secret, username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


@contextmanager
def running(command: list, directory: str, sockets: list[tuple[str, int]]):
    """Runs a server, and waits for its sockets."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("HALLOO_", "LEPTOS_"))
    }
    variables["STATE_DIRECTORY"] = directory
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=directory, env=variables, stdout=log, stderr=log)
        try:
            end = time.monotonic() + START_S
            while not all(is_open(server.pid, *socket) for socket in sockets):
                if time.monotonic() > end or server.poll() is not None:
                    log.seek(0)
                    said = log.read().decode(errors="replace")
                    sys.exit(f"{' '.join(map(str, command))} does not answer:\n{said}")
                time.sleep(0.02)
            yield server
        finally:
            server.kill()
            server.wait()


def is_open(pid: int, protocol: str, port: int) -> bool:
    """Returns whether a socket is open in the network namespace of this process."""
    tables = (Path(f"/proc/{pid}/net/{name}").read_text() for name in (protocol, f"{protocol}6"))
    return any(f":{port:04X} " in line for table in tables for line in table.splitlines())


def peer(directory: str, address: str):
    """A peer that echoes."""
    port = PEER_PORT if address == PEER else PEER_PORT + 10
    return running(["turnutils_peer", "-L", address, "-p", str(port)], directory, [("udp", port)])


def halloo(directory: str):
    command = [*ON_SERVER, HALLOO, "--listen", f"[::]:{PAGES_PORT}", "--tls-self-signed"]
    command += ["--key", KEY.hex(), "--log", "warn"]
    command += ["--turn-allow-private", "--turn-address", f"{SERVER},{SERVER_6}", "--room-capacity", "25"]
    # Many clients have one login.
    command += ["--turn-person-mbit", "0"]
    return running(command, directory, [("udp", TURN_PORT), ("tcp", PAGES_PORT)])


def coturn(directory: str):
    command = [*ON_SERVER, "turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls"]
    command += ["--listening-ip", SERVER, "--relay-ip", SERVER]
    command += ["--use-auth-secret", "--static-auth-secret", COTURN_SECRET, "--realm", "halloo"]
    command += ["--log-file", "stdout", "--pidfile", f"{directory}/turnserver.pid"]
    command += ["--userdb", f"{directory}/turndb", "--no-software-attribute"]
    return running(command, directory, [("udp", TURN_PORT), ("tcp", TURN_PORT)])


HALLOO_SECRET = hmac.new(KEY, b"turn", hashlib.sha256).digest()
COTURN_SECRET = "of the measurement"


def client(choices: str, options: list[str], server: str, login: tuple[str, str]) -> subprocess.Popen:
    """Starts coturn's client. `-c`: no second socket for RTCP."""
    username, password = login
    command = ["turnutils_uclient", "-c", *options, "-u", username, "-w", password, server]
    variables = {**os.environ, "LD_PRELOAD": choices}
    return subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def tally(output: str) -> tuple[int, int]:
    """Returns the numbers of messages sent and received."""
    found = re.findall(r"start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)$", output, re.MULTILINE)
    return (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)


# --- Does every packet arrive? ---

UDP = ["-p", str(TURN_PORT)]
TCP = ["-t", "-p", str(PAGES_PORT)]
TLS = ["-t", "-S", "-p", str(PAGES_PORT)]
ECHO = ["-e", PEER, "-r", str(PEER_PORT)]
ECHO_6 = ["-x", "-e", PEER_6, "-r", str(PEER_PORT + 10)]
CLIENTS, MESSAGES = 2, 100
# Few enough that no socket buffer overflows on a busy machine.
AT_ONCE = 8
# The last byte of the first client's address. Each case has its own: a client at the address and port of an
# allocation that still exists gets 437.
FIRST_HOST = 20


@dataclass
class Case:
    name: str
    options: list[str]
    server: str = SERVER
    # The output of a client that must fail; None: every message must arrive.
    refusal: str | None = None
    wrong_password: bool = False


def cases() -> list[Case]:
    ways = {"UDP": UDP, "TCP": TCP, "TLS": TLS}
    kinds = {
        "channels to a peer": ECHO,
        "Send and Data to a peer": ["-s", *ECHO],
        "channels from client to client": ["-y"],
        "Send and Data from client to client": ["-y", "-s"],
    }
    lengths = {"1 byte over a word": "1001", "packets of 1,200 bytes": "1200"}
    found = [
        Case(f"{way}: {kind}, {text}", [*options, *kind_options, "-l", length])
        for way, options in ways.items()
        for kind, kind_options in kinds.items()
        for text, length in lengths.items()
    ]
    found += [
        Case(f"{way}: an IPv6 relay to an IPv6 peer", [*options, *ECHO_6]) for way, options in ways.items()
    ]
    found += [
        Case(f"{way}: reached by IPv6, an IPv4 peer", [*options, "-X", *ECHO], SERVER_6)
        for way, options in ways.items()
    ]
    found += [
        Case("UDP: relays of both families at once", [*UDP, "-Z", *ECHO]),
        Case("UDP: padded channel data", [*UDP, "-D", *ECHO, "-l", "1001"]),
        Case("UDP: the server's loopback is no peer", [*UDP, "-e", "127.0.0.1"], refusal="error 403"),
        Case("UDP: nor is another address of its host", [*UDP, "-e", OTHER_OF_SERVER], refusal="error 403"),
        Case(
            "TCP: nor is what serves secrets to clouds", [*TCP, "-e", "169.254.169.254"], refusal="error 403"
        ),
        Case(
            "UDP: a wrong password", [*UDP, *ECHO], refusal="Cannot complete Allocation", wrong_password=True
        ),
    ]
    return found


def conformance(directory: str, choices: str) -> None:
    began = time.monotonic()
    with (
        halloo(directory) as server,
        peer(directory, PEER),
        peer(directory, PEER_6),
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        all_cases = cases()
        hosts = range(FIRST_HOST, FIRST_HOST + len(all_cases))
        problems = pool.map(lambda case, host: problem_of(case, host, choices), all_cases, hosts)
        for case, problem in zip(all_cases, problems):
            print(f"  {'FAILED' if problem else 'ok':6}  {case.name}", flush=True)
            if problem:
                pool.shutdown(cancel_futures=True)
                sys.exit(f"turn: {case.name}: {problem}")
        name = "TCP: who reads nothing for a while misses packets, but no answer"
        problem = stalled.problem((SERVER, PAGES_PORT), PEER, login(HALLOO_SECRET, "stalled"))
        print(f"  {'FAILED' if problem else 'ok':6}  {name}", flush=True)
        if problem:
            sys.exit(f"turn: {name}: {problem}")
        if server.poll() is not None:
            sys.exit(f"turn: the server ended with {server.returncode}")
    print(
        f"turn: {len(all_cases) + 1} cases in {time.monotonic() - began:.0f} s, "
        f"none of {CLIENTS * MESSAGES} messages lost in any"
    )


def problem_of(case: Case, host: int, choices: str) -> str | None:
    """Returns what is wrong, or None."""
    mine = login(
        b"another" if case.wrong_password else HALLOO_SECRET, "".join(filter(str.isalnum, case.name))
    )
    address = f"fd78::{host}" if case.server == SERVER_6 else f"10.78.0.{host}"
    options = ["-m", str(CLIENTS), "-n", str(MESSAGES), "-L", address, *case.options]
    process = client(choices, options, case.server, mine)
    try:
        output, _ = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return f"no end after 30 s\n{output}"
    if case.refusal is not None:
        is_refused = process.returncode != 0 and case.refusal in output and tally(output) == (0, 0)
        return None if is_refused else f"was not refused: {process.returncode}\n{output}"
    expected = (CLIENTS * MESSAGES,) * 2
    is_good = (
        process.returncode == 0
        and tally(output) == expected
        and not re.search("error|wrong", output, re.IGNORECASE)
    )
    return None if is_good else f"{tally(output)} messages sent and received in place of {expected}\n{output}"


# --- What does a packet cost? ---


# Every client sends this many packets, one per millisecond.
MESSAGES_OF_LOAD = 8_000


@dataclass
class Way:
    name: str
    clients: int
    options: list[str]
    # How many packets the server relays for one message of a client.
    passes: int
    halloo_port: int = TURN_PORT


WAYS = [
    Way("UDP, 10 clients and a peer", 10, ECHO, 2),
    Way("UDP, 40 clients and a peer", 40, ECHO, 2),
    Way("UDP, 10 clients, two and two", 10, ["-y"], 1),
    Way("TCP, 10 clients and a peer", 10, ["-t", *ECHO], 2, PAGES_PORT),
]
SERVERS = {"halloo": (halloo, HALLOO_SECRET), "coturn": (coturn, COTURN_SECRET.encode())}


def cpu(process: subprocess.Popen) -> float:
    """Returns its CPU time, user and system. Unit: second."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(name: str, way: Way, directory: str, choices: str) -> tuple[float, float, float]:
    """Returns relayed packets per second and per CPU second, and the fraction lost."""
    start, secret = SERVERS[name]
    port = way.halloo_port if name == "halloo" else TURN_PORT
    load = ["-m", str(way.clients), "-z", "1", "-n", str(MESSAGES_OF_LOAD), "-l", str(LENGTH)]
    with start(directory) as server, peer(directory, PEER):
        before, began = cpu(server), time.monotonic()
        process = client(choices, ["-p", str(port), *load, *way.options], SERVER, login(secret, "load"))
        output, _ = process.communicate()
        # The client waits for one second before its first packet.
        spent, lasted = cpu(server) - before, time.monotonic() - began - 1
    sent, received = tally(output)
    if process.returncode != 0 or received == 0:
        sys.exit(f"{name}, {way.name}: the client failed\n{output}")
    passed = received * way.passes
    return passed / lasted, passed / spent, 1 - received / sent


def measure(rounds: int, wanted: list[str], directory: str, choices: str) -> None:
    ways = [way for way in WAYS if not wanted or any(part in way.name for part in wanted)]
    print(
        f"Packets of {LENGTH} bytes that were passed on: in a second, "
        "in a second of the server's processor; lost."
    )
    for way in ways:
        results = {name: [] for name in SERVERS}
        for number in range(rounds):
            # The order alternates.
            for name in sorted(SERVERS, reverse=number % 2 == 0):
                results[name].append(run(name, way, directory, choices))
        print(f"{way.name}:")
        for name, figures in results.items():
            rate, efficiency, lost = (statistics.median(column) for column in zip(*figures))
            print(f"  {name:7} {rate:9,.0f} {efficiency:10,.0f} {lost:7.1%}")
        ratios = [ours[1] / theirs[1] for ours, theirs in zip(results["halloo"], results["coturn"])]
        print(
            f"  ratio by processor {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="tests/turn/run.sh")
    arguments.add_argument("--measure", action="store_true")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("case", nargs="*")
    wanted = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="halloo-turn-") as directory:
        choices = f"{directory}/choices.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", choices, HERE / "choices.c"], check=True)
        if wanted.measure:
            measure(wanted.rounds, wanted.case, directory, choices)
        else:
            conformance(directory, choices)


main()
