"""The halloo that is attacked, within 256 MB of memory."""

import base64
import hashlib
import hmac
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HALLOO = Path(
    os.environ.get("HALLOO_BIN", Path(__file__).parent / "../../target/release/halloo")
).resolve()
KEY = bytes(range(32))
SECRET = hmac.new(KEY, b"turn", hashlib.sha256).digest()
ADDRESS, ADDRESS_6 = "10.78.0.1", "fd78::1"
MEMORY_MB = 256
START_S = 15


@dataclass(frozen=True)
class Server:
    """What an attack needs to know. Pages are plain HTTP."""

    process: subprocess.Popen
    pages: tuple[str, int] = (ADDRESS, 8080)
    pages_6: tuple[str, int] = (ADDRESS_6, 8080)
    turn: tuple[str, int] = (ADDRESS, 3478)
    turn_6: tuple[str, int] = (ADDRESS_6, 3478)

    def login(self, name: str) -> tuple[str, str]:
        """Returns user name and password of TURN, as whoever joins a room is given them."""
        username = f"{int(time.time()) + 3600}:{name}"
        digest = hmac.new(SECRET, username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(digest).decode()

    def metrics(self) -> dict[str, float]:
        """Returns every metric by name and labels, without `halloo_`."""
        with urllib.request.urlopen(f"http://{ADDRESS}:9464/metrics", timeout=10) as page:
            lines = page.read().decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {name.removeprefix("halloo_"): float(value) for name, _, value in pairs}

    def peak_mb(self) -> float:
        """Returns the largest resident size so far."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0


@contextmanager
def running():
    on_server = os.environ["ON_SERVER"].split()
    command = [*on_server, HALLOO, "--listen", "[::]:8080", "--metrics-listen", f"{ADDRESS}:9464"]
    command += ["--turn-listen", "[::]:3478", "--turn-address", f"{ADDRESS},{ADDRESS_6}"]
    command += ["--turn-allow-private", "--room-capacity", "2", "--codelab"]
    command += ["--key", KEY.hex(), "--log", "warn"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HALLOO_")}
    with (
        tempfile.TemporaryDirectory(prefix="halloo-attack-") as directory,
        limited() as limit,
        tempfile.TemporaryFile() as log,
    ):
        process = subprocess.Popen(
            [*limit, *command],
            cwd=directory,
            env={**inherited, "STATE_DIRECTORY": directory},
            stdout=log,
            stderr=log,
        )
        server = Server(process)
        try:
            wait_for(server, log)
            yield server
        finally:
            process.kill()
            process.wait()


def wait_for(server: Server, log) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.process.poll() is None:
        try:
            server.metrics()
            return
        except OSError:
            time.sleep(0.02)
    log.seek(0)
    sys.exit(f"attacks: the server does not answer:\n{log.read().decode(errors='replace')}")


@contextmanager
def limited():
    """Returns the prefix of a command whose memory is limited, where control groups can be made. Otherwise
    the largest size is only checked at the end."""
    groups = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]
    for group, limit in groups:
        mine = Path(group, f"halloo-attack-{os.getpid()}")
        try:
            mine.mkdir()
            (mine / limit).write_text(str(MEMORY_MB << 20))
        except OSError:
            if mine.is_dir():
                mine.rmdir()
            continue
        try:
            yield ["sh", "-c", f'echo $$ >{mine}/cgroup.procs && exec "$@"', "sh"]
        finally:
            mine.rmdir()
        return
    yield []
