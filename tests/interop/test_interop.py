#!/usr/bin/env python3
"""Calls between programs that share nothing but docs/PROTOCOL.md: Python with Python and with a real browser.

Run by run.sh. Each check starts its own server and waits for what it wants to see, never for a fixed time.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time
import urllib.request

from media import SCREEN_WIDTH

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PATIENCE_S = 30
ROOM = "interop"


class Failed(Exception):
    pass


class Program:
    """A child that prints JSON lines, which are kept and can be waited for."""

    def __init__(self, name, process):
        self.name, self.process = name, process
        self.events = []
        self.news = asyncio.Condition()
        self.reader = asyncio.create_task(self.read())

    @classmethod
    async def start(cls, name, *command):
        pipe = asyncio.subprocess.PIPE
        return cls(name, await asyncio.create_subprocess_exec(*map(str, command), stdin=pipe, stdout=pipe))

    async def read(self):
        async for line in self.process.stdout:
            async with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()
        async with self.news:
            self.news.notify_all()

    async def until(self, what, matches, since=0):
        """The first event from number `since` on that matches."""

        def found():
            return next((event for event in self.events[since:] if matches(event)), None)

        deadline = time.monotonic() + PATIENCE_S
        async with self.news:
            while (event := found()) is None:
                if self.reader.done():
                    raise Failed(f"{self.name} ended before: {what}")
                try:
                    await asyncio.wait_for(self.news.wait(), deadline - time.monotonic())
                except asyncio.TimeoutError:
                    errors = [event for event in self.events if event["event"].endswith("_error")]
                    last = errors + self.events[-1:]
                    raise Failed(f"{self.name}, within {PATIENCE_S} s: {what}. It said {last}") from None
        return event

    async def until_event(self, name, since=0):
        return await self.until(name, lambda event: event["event"] == name, since)

    async def stop(self):
        if self.process.returncode is None:
            self.process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 10)
            except asyncio.TimeoutError:
                self.process.kill()
                await self.process.wait()
        await self.reader


class Server:
    """The program under test on a free port. Its key outlives it, so that it can be started again."""

    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.process = None

    @property
    def signal_url(self):
        return f"ws://{self.address}/signal"

    async def start(self):
        log = open(pathlib.Path(self.directory) / "server.log", "ab")
        arguments = ("--listen", self.address, "--key-file", f"{self.directory}/key", "--room-capacity", "2")
        self.process = await asyncio.create_subprocess_exec(
            self.program, *arguments, cwd=self.directory, stdout=log, stderr=log
        )
        deadline = time.monotonic() + PATIENCE_S
        while not await asyncio.to_thread(self.is_healthy):
            if self.process.returncode is not None or time.monotonic() > deadline:
                raise Failed("the server does not serve /healthz")
            await asyncio.sleep(0.02)

    def is_healthy(self):
        try:
            with urllib.request.urlopen(f"http://{self.address}/healthz", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    async def stop(self):
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    def log(self):
        return (pathlib.Path(self.directory) / "server.log").read_text(errors="replace")


class Scene:
    """One server and whoever talks through it."""

    def __init__(self, server, stack):
        self.server, self.stack = server, stack

    async def snake(self, name, *more):
        options = ["--url", self.server.signal_url, "--room", ROOM, "--name", name, *more]
        program = await Program.start(name, sys.executable, HERE / "peer.py", *options)
        self.stack.push_async_callback(program.stop)
        return program

    async def browser(self):
        url = f"http://{self.server.address}/r/{ROOM}?join=now&name=Browser"
        program = await Program.start("the browser", "node", HERE / "browser.mjs", url)
        self.stack.push_async_callback(program.stop)
        return program


def is_seen_and_heard(event):
    """A second or more of decoded video and of audio that is no silence, as peer.py reports it."""
    return (
        event["event"] == "media"
        and event["frames"] >= 30
        and event["changed_frames"] >= 20
        and event["audio_samples"] >= 48_000
        and event["loudness"] > 0.005
    )


def is_decoded_by_browser(event):
    """The same as the browser's own statistics have it; energy is the squared loudness times seconds."""
    return (
        event["event"] == "media"
        and event["frames"] >= 30
        and event["audio_samples"] >= 48_000
        and event["audio_energy"] > 0.001
        and event["remote_videos"] == 1
        and event["call_state"] == "connected"
    )


def plays_screen_of(snake):
    """The page shows the screen of this peer, which moves and is no camera: it has another size."""

    def matches(event):
        screens = [] if event["event"] != "media" else event["remote_screens"]
        return [(s["peer"], s["width"], s["plays"]) for s in screens] == [(snake, SCREEN_WIDTH, True)]

    return matches


async def two_pythons_see_and_hear_each_other(scene):
    a = await scene.snake("Adder")
    joined = await a.until_event("joined")
    b = await scene.snake("Boa")
    assert (await b.until_event("joined"))["peers"] == [joined["me"]]
    for peer in (a, b):
        await peer.until("picture and sound", is_seen_and_heard)
    await b.stop()
    assert (await a.until_event("peer_left"))["reason"] == "left"


async def a_third_is_told_full_and_disturbs_nobody(scene):
    a, b = await scene.snake("Adder"), await scene.snake("Boa")
    for peer in (a, b):
        await peer.until_event("connected")
    third = await scene.snake("Cobra")
    assert (await third.until_event("full"))["capacity"] == 2
    for peer in (a, b):
        await peer.until("picture and sound", is_seen_and_heard, len(peer.events))
        assert not any(event["event"] == "peer_left" for event in peer.events)


async def a_hand_and_a_lock_are_told_and_a_lock_keeps_python_out(scene):
    """A browser locks the room, by its own buttons; the lock outlives the server."""
    browser = await scene.browser()
    await browser.until("waiting", lambda event: event.get("call_state") == "waiting")
    snake = await scene.snake("Snake", "--hand")
    me = (await snake.until_event("joined"))["me"]
    assert (await snake.until_event("hand_raised")) == {"event": "hand_raised", "peer": me, "hand": 1}
    assert (await snake.until_event("reaction"))["reaction"] == "clap"
    await browser.until("the hand over the tile", lambda event: event.get("hands") == ["1"])
    browser.process.stdin.write(b"lock\n")
    assert (await snake.until_event("locked"))["locked"] is True
    late = await scene.snake("Late")
    await late.until_event("room_locked")
    await snake.until("picture and sound of the browser", is_seen_and_heard)

    mark = len(snake.events)
    await scene.server.stop()
    await scene.server.start()
    again = await snake.until_event("joined", mark)
    assert again["resumed"] and again["locked"], again
    later = await scene.snake("Later")
    await later.until_event("room_locked")


async def media_and_seats_outlive_a_restart_of_the_server(scene):
    a, b = await scene.snake("Adder"), await scene.snake("Boa")
    before = {}
    for peer in (a, b):
        before[peer] = await peer.until("picture and sound", is_seen_and_heard)
    marks = {peer: len(peer.events) for peer in (a, b)}
    await scene.server.stop()
    for peer in (a, b):
        assert (await peer.until_event("closed", marks[peer]))["code"] == 1001
    await scene.server.start()
    for peer in (a, b):
        again = await peer.until_event("joined", marks[peer])
        assert again["resumed"], again
        grown = before[peer]["frames"] + 150
        await peer.until("more frames", lambda e: e["event"] == "media" and e["frames"] >= grown, marks[peer])
        since = peer.events[marks[peer]:]
        assert not any(event["event"] == "connected" for event in since), "no new connection"


async def a_browser_calls_python(scene):
    """The browser is there first, so it offers."""
    browser = await scene.browser()
    await browser.until("waiting", lambda event: event.get("call_state") == "waiting")
    snake = await scene.snake("Snake")
    await snake.until("picture and sound of the browser", is_seen_and_heard)
    await browser.until("picture and sound of Python", is_decoded_by_browser)


async def python_calls_a_browser(scene):
    """Python is there first, so it offers. Then the page is loaded anew, and takes its own seat over."""
    snake = await scene.snake("Snake")
    await snake.until_event("joined")
    browser = await scene.browser()
    joined = await snake.until_event("peer_joined")
    assert joined["name"] == "Browser", joined
    await snake.until("picture and sound of the browser", is_seen_and_heard)
    await browser.until("picture and sound of Python", is_decoded_by_browser)

    marks = len(snake.events), len(browser.events)
    browser.process.stdin.write(b"reload\n")
    again = await snake.until_event("peer_joined", marks[0])
    assert again["replaces"] == joined["peer"], again
    new = again["peer"]
    await snake.until(
        "picture and sound after the reload", lambda e: is_seen_and_heard(e) and e["peer"] == new, marks[0]
    )
    after = len(browser.events)
    await browser.until("picture and sound of Python after the reload", is_decoded_by_browser, after)


async def a_browser_that_comes_later_sees_the_screen_of_python(scene):
    """The screen is in Python's first offer."""
    snake = await scene.snake("Snake", "--screen")
    me = (await snake.until_event("joined"))["me"]
    browser = await scene.browser()
    await browser.until("the screen of Python", plays_screen_of(me))
    await browser.until("picture and sound of Python beside it", is_decoded_by_browser)
    await snake.until("picture and sound of the browser", is_seen_and_heard)


async def a_browser_that_was_there_sees_the_screen_of_python(scene):
    """The browser offers first, and Python then offers the screen, with another connection."""
    browser = await scene.browser()
    await browser.until("waiting", lambda event: event.get("call_state") == "waiting")
    snake = await scene.snake("Snake", "--screen")
    me = (await snake.until_event("joined"))["me"]
    await browser.until("the screen of Python", plays_screen_of(me))
    await browser.until("picture and sound of Python beside it", is_decoded_by_browser)
    await snake.until("picture and sound of the browser", is_seen_and_heard)
    await snake.stop()
    await browser.until("no screen", lambda event: event.get("remote_screens") == [])


CHECKS = {
    "python": [
        two_pythons_see_and_hear_each_other,
        a_third_is_told_full_and_disturbs_nobody,
        media_and_seats_outlive_a_restart_of_the_server,
    ],
    "browser": [
        a_browser_calls_python,
        python_calls_a_browser,
        a_browser_that_comes_later_sees_the_screen_of_python,
        a_browser_that_was_there_sees_the_screen_of_python,
        a_hand_and_a_lock_are_told_and_a_lock_keeps_python_out,
    ],
}


async def run(check, program):
    with tempfile.TemporaryDirectory() as directory:
        server = Server(program, directory)
        started = time.monotonic()
        try:
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(server.stop)
                await server.start()
                await asyncio.wait_for(check(Scene(server, stack)), 4 * PATIENCE_S)
        except (Failed, AssertionError, asyncio.TimeoutError) as error:
            print(f"FAILED {check.__name__}: {error!r}\n--- server\n{server.log()[-4000:]}---", flush=True)
            return False
        print(f"ok {check.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
        return True


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CHECKS, help="one of the two groups")
    options = parser.parse_args()
    program = os.environ.get("HALLOO_BIN") or ROOT / "target" / "release" / "halloo"
    groups = [options.only] if options.only else list(CHECKS)
    if not os.access(program, os.X_OK):
        print(f"interop: no server at {program}: run `make build`, or set HALLOO_BIN", flush=True)
        return 1
    results = [await run(check, program) for group in groups for check in CHECKS[group]]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed", flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
