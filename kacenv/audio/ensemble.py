"""Several devices that are heard as one: they play one tape, and one of them sets the pace."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from kacenv.audio.devices import Device, NullDevice
from kacenv.audio.guard import Guard
from kacenv.audio.output import HUSH, REMEDY, Output
from kacenv.audio.reader import Reader
from kacenv.audio.samples import Block
from kacenv.audio.tape import Tape
from kacenv.units import Seconds


class Part(NamedTuple):
    """One device: who hears it (for people), its columns of the tape, and how to open it."""

    names: str
    columns: list[int]
    open_device: Callable[[], Device]


class Ensemble:
    """Plays what `make` makes on all devices of `parts`, whatever happens to any of them.

    `make` hears how many frames are wanted, and how soon the first of them will be heard. The
    leader is the first device that plays; it keeps its own pace. When it is lost, one that is
    heard in its place leads on, and the others stay beside that.
    """

    def __init__(
        self,
        make: Callable[[int, Seconds], Block],
        parts: Sequence[Part],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        channels = sum(len(part.columns) for part in parts)
        self._make = Guard(make, channels)
        tape = Tape(self._make, channels)
        self._names = [part.names for part in parts]
        self.readers = [Reader(tape, part.columns, now) for part in parts]
        self.leader: Reader | None = None
        """Whose pace the others keep; None before the first has pulled."""
        self._one_at_a_time = threading.Lock()
        self._outputs = [
            Output(
                partial(self.pull, reader),
                len(part.columns),
                part.open_device,
                partial(self.begin, reader),
            )
            for part, reader in zip(parts, self.readers, strict=True)
        ]

    @property
    def device(self) -> str:
        """The names of the devices that play; `none` while there is none."""
        names = [output.device for output in self._outputs if output.reason is None]
        return ", ".join(names) or NullDevice.name

    @property
    def note(self) -> str | None:
        """Which outputs are silent, why, and what to do; None while all is well."""
        reasons = [output.reason for output in self._outputs]
        lost = [
            f"No sound on {names}: {reason}."
            for names, reason in zip(self._names, reasons, strict=True)
            if reason
        ]
        if not lost:
            return None
        alone = len(lost) == len(self._outputs)
        rest = "The session goes on silently." if alone else "The other outputs play on."
        return " ".join((*lost, rest, REMEDY))

    @property
    def errors(self) -> int:
        """Blocks of sound lost to an error."""
        return self._make.errors + sum(output.errors for output in self._outputs)

    def start(self) -> None:
        """Begin to play; devices that aren't there, silently."""
        for output in self._outputs:
            output.start()

    def fade_in(self) -> None:
        """Have every device fall silent within a block, and after `HUSH` fade in."""
        with self._one_at_a_time:
            for reader in self.readers:
                reader.fade_in(HUSH)

    def close(self) -> None:
        """Fall silent for good; twice does no harm."""
        for output in self._outputs:
            output.close()

    def begin(self, reader: Reader, device: Device) -> None:
        """A device begins to pull for `reader`."""
        with self._one_at_a_time:
            reader.begin(device)

    def pull(self, reader: Reader, frames: int) -> Block:
        """The next frames for the device of `reader`, of shape (frames, its channels)."""
        with self._one_at_a_time:
            if self.leader is None:
                self.leader = reader
                return reader.lead(frames, at_once=True)
            leader = self.leader = self._who_leads(self.leader)
            return reader.lead(frames) if reader is leader else reader.follow(leader.phase, frames)

    def _who_leads(self, leader: Reader) -> Reader:
        """The one that did, unless nobody hears it any more and another is heard in its place."""
        if leader.real and leader.in_place:
            return leader
        heirs = (reader for reader in self.readers if reader.real and reader.in_place)
        return next(heirs, leader)
