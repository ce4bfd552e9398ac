#!/usr/bin/env python3
"""A halloo client in Python that joins a call by itself, written from docs/PROTOCOL.md alone.

    peer.py --url ws://127.0.0.1:8080/signal --room some-room --name Snake

It sends a moving picture and a tone, and prints what happens as JSON lines: `joined`, `peer_joined`,
`connected`, `media` (once a second for each peer: what was received and decoded so far), `peer_left`, `full`,
`room_locked`, `locked`, `hand_raised`, `reaction`, `closed`.
With --hand it raises its hand when it has a seat, and shows a reaction. With --screen it shares a made-up
screen beside its camera. It leaves at SIGTERM, SIGINT, or after --seconds.

Numbers in comments are sections of docs/PROTOCOL.md.
"""

import argparse
import asyncio
import json
import random
import signal
import sys

import aiohttp
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from media import MovingPicture, Received, Screen, Tone

OFFER_PATIENCE_S = 5
HEARTBEAT_MARGIN_S = 3
FINAL_CLOSE_CODES = {4003, 4005}
FEATURES = ["tracks", "lock", "hands", "reactions"]


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def log(text):
    print(f"peer: {text}", file=sys.stderr, flush=True)


class Pair:
    """The connection to one peer. One operation at a time, in the order in which signals came (8.3)."""

    def __init__(self, client, peer):
        self.client, self.peer = client, peer
        self.polite = client.me < peer
        self.received = Received()
        self.work = asyncio.Queue()
        self.watchers = []
        self.pc = None
        self.start(epoch=0)
        self.worker = asyncio.create_task(self.run())

    def start(self, epoch):
        """A new, empty connection; what came from the old one is still counted."""
        self.epoch = epoch
        self.early = []
        self.remote_set = False
        # With its default policy this library sends a second video over a transport that it has stopped.
        bundle = RTCBundlePolicy.MAX_BUNDLE
        options = RTCConfiguration(iceServers=self.client.ice_servers, bundlePolicy=bundle)
        pc = self.pc = RTCPeerConnection(options)
        # Both sections in both directions, audio first (8.2).
        self.sources = {pc.addTrack(Tone()): "microphone", pc.addTrack(MovingPicture()): "camera"}

        @pc.on("track")
        def on_track(track):
            self.watchers.append(asyncio.create_task(self.received.watch(track)))

        @pc.on("connectionstatechange")
        def on_state():
            if pc is not self.pc:
                return
            if pc.connectionState == "connected":
                say("connected", peer=self.peer, epoch=self.epoch)
            elif pc.connectionState == "failed":
                # This library has no ICE restart, so go on to the next epoch (8.6).
                self.work.put_nowait(self.start_anew)

    async def run(self):
        while True:
            job = await self.work.get()
            try:
                await job()
            except Exception as error:
                log(f"{self.peer}: {error!r}")

    async def send(self, payload):
        await self.client.send(
            {"type": "signal", "to": self.peer, "signal": {**payload, "epoch": self.epoch}}
        )

    def tracks(self):
        """Which source each media section carries (8.2)."""
        sections = [(section.mid, self.sources.get(section.sender)) for section in self.pc.getTransceivers()]
        return {mid: source for mid, source in sections if mid is not None and source is not None}

    async def send_description(self):
        description = self.pc.localDescription
        await self.send({"kind": description.type, "sdp": description.sdp, "tracks": self.tracks()})
        # This library gathers all candidates before it gives the SDP out, so there is nothing to trickle
        # (8.5).
        await self.send({"kind": "end_of_candidates"})

    def lacks_screen(self):
        return self.client.options.screen and "screen" not in self.sources.values()

    async def offer(self):
        if self.pc.signalingState == "stable":
            if self.lacks_screen():
                section = self.pc.addTransceiver(Screen(), direction="sendonly")
                self.sources[section.sender] = "screen"
            await self.pc.setLocalDescription(await self.pc.createOffer())
            await self.send_description()

    async def offer_if_nobody_did(self):
        if self.pc.signalingState == "stable" and not self.remote_set:
            await self.offer()

    async def offer_again(self):
        """Signals may be lost: an offer that was not answered is sent once more (10)."""
        if self.pc.signalingState == "have-local-offer":
            await self.send_description()

    async def start_anew(self):
        await self.replace(self.epoch + 1)
        await self.offer()

    async def replace(self, epoch):
        old = self.pc
        self.start(epoch)
        await old.close()

    async def on_signal(self, signal):
        epoch = signal.get("epoch", 0)
        if epoch < self.epoch:
            return
        if epoch > self.epoch:
            await self.replace(epoch)
        match signal.get("kind"):
            case "offer":
                await self.on_offer(signal["sdp"])
            case "answer" if self.pc.signalingState == "have-local-offer":
                await self.set_remote("answer", signal["sdp"])
            case "candidate":
                await self.on_candidate(signal)
            case _:
                pass  # unknown kinds, end_of_candidates, answers to nothing

    async def on_offer(self, sdp):
        if self.pc.signalingState != "stable":
            if not self.polite:
                return
            # No rollback in this library: the offer gets a connection of its own (16).
            await self.replace(self.epoch)
        await self.set_remote("offer", sdp)
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        await self.send_description()
        if self.lacks_screen():
            # Another offer would do (8.2). But those of this library number header extensions anew, which
            # browsers refuse on a connection that they have offered. So the screen is in the first offer of
            # another one (8.4).
            await self.start_anew()
            self.client.later(OFFER_PATIENCE_S, self.client.offer_unanswered, self.peer)

    async def set_remote(self, kind, sdp):
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type=kind))
        self.remote_set = True
        early, self.early = self.early, []
        for signal in early:
            await self.on_candidate(signal)

    async def on_candidate(self, signal):
        if not self.remote_set:
            self.early.append(signal)
            return
        text = signal["candidate"].removeprefix("candidate:")
        if not text:
            return
        candidate = candidate_from_sdp(text)
        candidate.sdpMid = signal.get("sdp_mid")
        candidate.sdpMLineIndex = signal.get("sdp_m_line_index")
        await self.pc.addIceCandidate(candidate)

    async def close(self):
        self.worker.cancel()
        for watcher in self.watchers:
            watcher.cancel()
        await self.pc.close()


class Client:
    def __init__(self, options):
        self.options = options
        self.pairs = {}
        self.named = set()
        self.me = None
        self.token = None
        self.ice_servers = []
        self.silence_s = 30
        self.resume_window_s = 30
        self.socket = None
        self.full = False
        self.features = []
        self.timers = set()

    async def run(self):
        """Keeps a socket, for as long as the server lets it (10, 12)."""
        pause = 0.2
        async with aiohttp.ClientSession() as http:
            while not self.full:
                try:
                    async with http.ws_connect(self.options.url, max_msg_size=0) as self.socket:
                        if await self.converse():
                            pause = 0.2
                        code = self.socket.close_code
                except aiohttp.ClientError as error:
                    log(f"no socket: {error}")
                    code = None
                self.socket = None
                say("closed", code=code)
                if code in FINAL_CLOSE_CODES:
                    return
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 5)

    async def converse(self):
        """One socket, from hello to its end. True if it brought a seat."""
        media = {"microphone": True, "camera": True, "screen": self.options.screen}
        join = {"type": "join", "room": self.options.room, "name": self.options.name, "media": media}
        if self.token:
            join["resume"] = {"token": self.token, "mode": "reconnect"}
        await self.send({"type": "hello", "version": 1, "features": FEATURES})
        await self.send(join)
        seated = False
        while not self.full:
            try:
                frame = await self.socket.receive(timeout=self.silence_s)
            except asyncio.TimeoutError:
                log("nothing heard for two intervals")
                # Not 1000, which would say that this program is going away (10).
                await self.socket.close(code=4001)
                break
            if frame.type != aiohttp.WSMsgType.TEXT:
                break
            try:
                message = json.loads(frame.data)
                seated = seated or message["type"] == "joined"
                await self.on_message(message)
            except (KeyError, TypeError, ValueError) as error:
                log(f"skipped {frame.data[:200]}: {error!r}")
        return seated

    async def send(self, message):
        if self.socket is None or self.socket.closed:
            return  # lost; repeated after the return if it matters (10)
        try:
            await self.socket.send_str(json.dumps(message))
        except (aiohttp.ClientError, ConnectionError):
            pass

    async def on_message(self, message):
        match message["type"]:
            case "welcome":
                self.silence_s = 2 * message["heartbeat_ms"] / 1000 + HEARTBEAT_MARGIN_S
                self.resume_window_s = message["resume_window_ms"] / 1000
                self.features = message.get("features", [])
            case "heartbeat":
                await self.send({"type": "heartbeat"})
            case "joined":
                await self.on_joined(message)
            case "full":
                self.full = True
                say("full", capacity=message["capacity"])
            case "error" if message["code"] == "room_locked":
                # It could ask again ever more rarely, as at a full room (11).
                self.full = True
                say("room_locked")
            case "locked":
                # A server that is restarted learns of the lock from this token (6).
                self.token = message["resume_token"]
                say("locked", locked=message["locked"], by=message["by"])
            case "hand_raised":
                say("hand_raised", peer=message["peer"], hand=message.get("hand"))
            case "reaction":
                say("reaction", peer=message["peer"], reaction=message["reaction"])
            case "peer_joined":
                await self.on_peer_joined(message)
            case "peer_left":
                say("peer_left", peer=message["peer"], reason=message["reason"])
                await self.drop(message["peer"])
            case "peer_reconnecting" | "media_changed":
                say(message["type"], peer=message["peer"])
            case "peer_back":
                say("peer_back", peer=message["peer"])
                self.do(message["peer"], lambda pair: pair.offer_again())
            case "signal":
                self.do(message["from"], lambda pair: pair.on_signal(message["signal"]))
            case "error":
                log(f"the server says {message['code']}: {message['message']}")
            case kind:
                log(f"unknown message {kind}")

    async def on_joined(self, message):
        resumed = self.me == message["you"]
        self.me, self.token = message["you"], message["resume_token"]
        self.ice_servers = [
            RTCIceServer(
                urls=server["urls"], username=server.get("username"), credential=server.get("credential")
            )
            for server in message.get("ice_servers", [])
        ]
        present = {peer["id"] for peer in message["peers"]}
        complete = message.get("complete", True)
        hands = {peer["id"]: peer["hand"] for peer in message["peers"] if "hand" in peer}
        locked = message.get("locked", False)
        say(
            "joined",
            me=self.me,
            peers=sorted(present),
            resumed=resumed,
            complete=complete,
            locked=locked,
            hands=hands,
        )
        if self.options.hand and "hand" not in message and "hands" in self.features:
            await self.send({"type": "raise_hand", "raised": True})
        if self.options.hand and not resumed and "reactions" in self.features:
            await self.send({"type": "react", "reaction": "clap"})
        for peer in list(self.pairs):
            if not resumed:
                await self.drop(peer)
            elif peer in present:
                self.do(peer, lambda pair: pair.offer_again())
            elif complete:
                await self.drop(peer)
            else:
                self.later(self.resume_window_s, self.drop_unless_named, peer)
        for peer in present - self.pairs.keys():
            self.meet(peer)
            if resumed:
                self.do(peer, lambda pair: pair.offer())
            else:
                # They are told of us and offer; if not, we may (8.1).
                self.later(OFFER_PATIENCE_S, self.offer_late, peer)
        self.named = present

    async def on_peer_joined(self, message):
        peer = message["peer"]["id"]
        say("peer_joined", peer=peer, name=message["peer"].get("name"), replaces=message.get("replaces"))
        self.named.add(peer)
        if message.get("replaces"):
            await self.drop(message["replaces"])
        if peer in self.pairs:
            # After a restart of the server somebody known is new to it (10).
            self.do(peer, lambda pair: pair.offer_again())
        else:
            self.meet(peer)
            self.do(peer, lambda pair: pair.offer())

    async def offer_late(self, peer):
        self.do(peer, lambda pair: pair.offer_if_nobody_did())

    async def offer_unanswered(self, peer):
        self.do(peer, lambda pair: pair.offer_again())

    async def drop_unless_named(self, peer):
        if peer not in self.named:
            await self.drop(peer)

    def meet(self, peer):
        self.pairs[peer] = Pair(self, peer)

    def do(self, peer, job):
        pair = self.pairs.get(peer)
        if pair:
            pair.work.put_nowait(lambda: job(pair))

    async def drop(self, peer):
        pair = self.pairs.pop(peer, None)
        if pair:
            await pair.close()

    def later(self, seconds, job, peer):
        async def wait():
            await asyncio.sleep(seconds)
            await job(peer)

        task = asyncio.create_task(wait())
        self.timers.add(task)
        task.add_done_callback(self.timers.discard)

    async def report(self):
        while True:
            await asyncio.sleep(1)
            for peer, pair in self.pairs.items():
                say("media", peer=peer, **pair.received.report())

    async def leave(self):
        await self.send({"type": "leave"})
        for peer in list(self.pairs):
            await self.drop(peer)
        if self.socket is not None:
            await self.socket.close()


async def main():
    parser = argparse.ArgumentParser(description="A halloo client that sends a moving picture and a tone.")
    parser.add_argument("--url", required=True, help="ws://host:port/signal")
    parser.add_argument("--room", required=True)
    parser.add_argument("--name", default="Snake")
    parser.add_argument("--hand", action="store_true", help="raise the hand, and react")
    parser.add_argument("--screen", action="store_true", help="share a made-up screen")
    parser.add_argument("--seconds", type=float, help="leave after so long")
    options = parser.parse_args()

    client = Client(options)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.seconds:
        loop.call_later(options.seconds, stop.set)
    tasks = [asyncio.create_task(job) for job in (client.run(), client.report(), stop.wait())]
    await asyncio.wait((tasks[0], tasks[2]), return_when=asyncio.FIRST_COMPLETED)
    await client.leave()
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
