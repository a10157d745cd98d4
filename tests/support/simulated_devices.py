"""Sound devices on simulated clocks, some fast and some slow, and what is heard from them."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

import numpy as np
from numpy.typing import NDArray

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.device_reader import DeviceReader
from kacenv.devices.audio.output.multi_device import DeviceSpec, MultiDeviceOutput
from kacenv.devices.audio.output.sound_device import NullDevice, OnStop, Pull
from kacenv.devices.audio.samples import RATE, Block

Places = NDArray[np.float64]
Source = Callable[[int, Seconds], Block]


@dataclass(frozen=True, slots=True)
class Make:
    """How a device is made.

    `speed` is how much too fast its clock runs, in parts per million; it asks for `block`
    frames, `burst` times in a row, up to `late` seconds late, and then has `latency` seconds in
    hand. One that doesn't tell says always the same; one that does errs by up to `error`;
    with None it could tell, and never knows.
    """

    speed: float = 0.0
    block: int = 2880
    burst: int = 1
    latency: float = 0.18
    late: float = 0.003
    tells: bool | None = True
    error: float = 0.0005


class SimDevice:
    """A device that pulls as its own clock says; it knows what is heard when."""

    name = "simulated"
    held: Seconds | None = None

    def __init__(self, make: Make, now: Callable[[], float], seed: int) -> None:
        self.make, self._now, self._random = make, now, Random(seed)  # noqa: S311 - chance
        self.latency = Seconds(make.latency - make.burst * make.block / RATE)
        self.rate = RATE * (1 + make.speed * 1e-6)
        self.reader: DeviceReader | None = None
        self.heard: list[tuple[float, float]] = []
        """When the first frame of each block is heard, and its place on the buffer."""
        self.sound: list[Block] = []
        self.keeps_sound = False
        self._pull: Pull | None = None
        self._frames = 0
        self._begun = now() + make.latency

    def start(self, pull: Pull, on_stop: OnStop) -> None:  # noqa: ARG002 - it just stops
        """Keep the source."""
        self._pull = pull

    def close(self) -> None:
        """Nothing to let go of."""

    def heard_in(self) -> Seconds | None:
        """What the device says."""
        if self.make.tells is None:
            return None
        if not self.make.tells:
            return self.latency
        error = self._random.uniform(-self.make.error, self.make.error)
        return Seconds(self._true() - self._now() + error)

    def next_burst(self) -> float:
        """When it asks next: as soon as a whole burst has room, or a little later."""
        due = self._true() - self.make.latency + self.make.burst * self.make.block / self.rate
        return due + self._random.uniform(0, self.make.late)

    def ask(self) -> None:
        """Pull one burst."""
        for _ in range(self.make.burst):
            self._ask()

    def stall(self, span: float) -> None:
        """Stand still for `span` seconds, with what is in hand."""
        self._begun += span

    def _ask(self) -> None:
        assert self._pull
        heard = self._true()
        assert heard >= self._now(), "the device ran dry"
        block = self._pull(self.make.block)
        self._note(heard, block)
        self._frames += self.make.block

    def _note(self, heard: float, block: Block) -> None:
        reader = self.reader
        if reader and reader.in_place and reader.real:
            place = reader.position - len(block) * reader._controller.ratio
            self.heard.append((heard, place))
        if self.keeps_sound:
            self.sound.append(block)

    def _true(self) -> float:
        return self._begun + self._frames / self.rate


class SimNull(SimDevice, NullDevice):
    """What pulls where a device is away."""

    name = NullDevice.name

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(Make(block=960, latency=0.02, late=0.0), now, 0)

    def heard_in(self) -> Seconds:
        """At once."""
        return self.latency


class SimulatedOutput:
    """An ensemble whose devices live on simulated time; each has `channels` of `source`."""

    def __init__(self, makes: Sequence[Make], source: Source, channels: int = 0) -> None:
        self.time = 0.0
        columns = [list(range(n * channels, (n + 1) * channels)) for n in range(len(makes))]
        parts = [DeviceSpec(f"output {n}", some, _never) for n, some in enumerate(columns)]
        self.ensemble = MultiDeviceOutput(source, parts, self.now)
        self.devices: list[SimDevice] = []
        for number, make in enumerate(makes):
            self.devices.append(SimDevice(make, self.now, number))
            self._begin(number)

    def now(self) -> float:
        """Simulated seconds."""
        return self.time

    def lose(self, number: int) -> SimDevice:
        """A device is gone, and has been noticed to be; what it was."""
        lost = self.devices[number]
        self.devices[number] = SimNull(self.now)
        self._begin(number)
        return lost

    def bring_back(self, number: int, make: Make) -> None:
        """A device is there again."""
        self.devices[number] = SimDevice(make, self.now, 100 + number)
        self._begin(number)

    def _begin(self, number: int) -> None:
        device, reader = self.devices[number], self.ensemble.readers[number]
        device.reader = reader
        self.ensemble.begin(reader, device)
        device.start(partial(self.ensemble.pull, reader), lambda: None)

    def play(self, span: float) -> None:
        """Let `span` seconds pass."""
        end = self.time + span
        queue = [(device.next_burst(), n) for n, device in enumerate(self.devices)]
        heapq.heapify(queue)
        while queue and queue[0][0] < end:
            due, number = heapq.heappop(queue)
            device = self.devices[number]
            self.time = max(self.time, due)
            device.ask()
            heapq.heappush(queue, (device.next_burst(), number))
        self.time = end


def _never() -> SimDevice:
    raise AssertionError


def apart(pair: Sequence[SimDevice], after: float = 0.0) -> Places:
    """How much later the first is heard than the other, in seconds, whenever both are heard."""
    one, other = pair
    ours, theirs = np.array(one.heard), np.array(other.heard)
    within = (ours[:, 0] >= max(theirs[0, 0], after)) & (ours[:, 0] <= theirs[-1, 0])
    theirs_then = np.interp(ours[within, 0], theirs[:, 0], theirs[:, 1])
    late: Places = (theirs_then - ours[within, 1]) / RATE
    return late
