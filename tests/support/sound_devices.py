"""A sound device that pulls when a test says so."""

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.sound_device import OnStop, Pull
from kacenv.devices.audio.samples import Block, silence


class PulledDevice:
    """What is played to it, and what it has been told; `frames` is how many it has pulled."""

    name = "pulled"
    held: Seconds | None = Seconds(0.12)

    def __init__(self, latency: Seconds = Seconds(0.0)) -> None:
        self.latency = latency
        self.pull: Pull = lambda frames: silence(frames, 0)
        self.stop: OnStop = lambda: None
        self.started = self.closed = False
        self.frames = 0

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Keep what it may call."""
        self.pull, self.stop, self.started = pull, on_stop, True

    def heard_in(self) -> Seconds:
        """Always as said."""
        return self.latency

    def close(self) -> None:
        """Note the call."""
        self.closed = True

    def ask(self, frames: int = 480) -> Block:
        """Pull one block."""
        self.frames += frames
        return self.pull(frames)
