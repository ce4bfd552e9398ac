"""Made-up media: a moving picture and a tone to send, and counters for what comes in."""

import array
import asyncio
import fractions
import math
import time

from aiortc import MediaStreamTrack, VideoStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT = 320, 240
SCREEN_WIDTH, SCREEN_HEIGHT = 640, 360
SCREEN_LINES_EVERY = 24
SAMPLE_RATE = 48_000
SAMPLES_PER_FRAME = SAMPLE_RATE // 50
TONE_HZ = 440


class MovingPicture(VideoStreamTrack):
    """A bright bar that wanders over a dark ground, 30 times a second."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma, *chroma = frame.planes
        left = int(pts * time_base * 100) % (WIDTH - 64)
        row = bytes(left) + bytes([220]) * 64 + bytes(luma.line_size - left - 64)
        luma.update(row * HEIGHT)
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Screen(VideoStreamTrack):
    """A page of dark lines on white that scrolls."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(SCREEN_WIDTH, SCREEN_HEIGHT, "yuv420p")
        luma, *chroma = frame.planes
        paper, text = bytes([235]) * luma.line_size, bytes([40]) * luma.line_size
        page = (text * 8 + paper * (SCREEN_LINES_EVERY - 8)) * (SCREEN_HEIGHT // SCREEN_LINES_EVERY + 1)
        top = int(pts * time_base * 40) % SCREEN_LINES_EVERY * luma.line_size
        luma.update(page[top : top + luma.buffer_size])
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(MediaStreamTrack):
    """A sine of 440 Hz in frames of 20 ms."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.started = None
        self.sent = 0

    async def recv(self):
        if self.readyState != "live":
            raise MediaStreamError
        if self.started is None:
            self.started = time.monotonic()
        await asyncio.sleep(self.started + self.sent / SAMPLE_RATE - time.monotonic())
        step = 2 * math.pi * TONE_HZ / SAMPLE_RATE
        wave = array.array(
            "h", (int(9_000 * math.sin(step * (self.sent + i))) for i in range(SAMPLES_PER_FRAME))
        )
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_FRAME)
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = self.sent, fractions.Fraction(1, SAMPLE_RATE)
        self.sent += SAMPLES_PER_FRAME
        return frame


class Received:
    """What came in from one peer, decoded."""

    def __init__(self):
        self.frames = 0
        self.changed_frames = 0
        self.audio_samples = 0
        self.squares = 0
        self.measured = 0
        self._picture = None

    async def watch(self, track):
        """Counts until the track ends."""
        try:
            while True:
                frame = await track.recv()
                (self.see if track.kind == "video" else self.hear)(frame)
        except MediaStreamError:
            pass

    def see(self, frame):
        self.frames += 1
        picture = bytes(frame.planes[0])[::101]
        if self._picture is not None and picture != self._picture:
            self.changed_frames += 1
        self._picture = picture

    def hear(self, frame):
        self.audio_samples += frame.samples
        # A plane is larger than what is in it.
        used = frame.samples * len(frame.layout.channels) * 2
        samples = array.array("h", bytes(frame.planes[0])[:used])
        self.squares += sum(sample * sample for sample in samples[::16])
        self.measured += len(samples[::16])

    def report(self):
        loudness = math.sqrt(self.squares / self.measured) / 32_768 if self.measured else 0.0
        return {
            "frames": self.frames,
            "changed_frames": self.changed_frames,
            "audio_samples": self.audio_samples,
            "loudness": round(loudness, 4),
        }
