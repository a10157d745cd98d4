"""Output to several devices in sync: one sets the rate, the others follow by resampling."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.device_output import (
    REMEDY,
    SILENCE_BEFORE_RETURN,
    DeviceOutput,
    FaultGuard,
)
from kacenv.devices.audio.output.device_reader import DeviceReader
from kacenv.devices.audio.output.shared_buffer import SharedBuffer
from kacenv.devices.audio.output.sound_device import Device, NullDevice
from kacenv.devices.audio.samples import Block
from kacenv.model.dropout import Dropout


class DeviceSpec(NamedTuple):
    """Device to open: its outputs' names for people, its columns, and a function that opens it."""

    names: str
    columns: list[int]
    open_device: Callable[[], Device]


class MultiDeviceOutput:
    """Plays the blocks of `make` on all devices of `parts`, through loss and return of any.

    `make` is called with the number of frames and the latency of the first. The leader, at first
    the first device that pulls, plays at its own rate. If it is lost, an aligned device becomes the
    leader, and the others follow that.
    """

    def __init__(
        self,
        make: Callable[[int, Seconds], Block],
        parts: Sequence[DeviceSpec],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        channels = sum(len(part.columns) for part in parts)
        self._make = FaultGuard(make, channels)
        buffer = SharedBuffer(self._make, channels)
        self._names = [part.names for part in parts]
        self.readers = [DeviceReader(buffer, part.columns, now) for part in parts]
        self.leader: DeviceReader | None = None
        """Reader whose rate the others follow; None before the first pull."""
        self._one_at_a_time = threading.Lock()
        self._outputs = [
            DeviceOutput(
                partial(self.pull, reader),
                len(part.columns),
                part.open_device,
                partial(self.begin, reader),
            )
            for part, reader in zip(parts, self.readers, strict=True)
        ]

    @property
    def device(self) -> str:
        """Return the names of the playing devices; `none` without one."""
        names = [output.device for output in self._outputs if output.reason is None]
        return ", ".join(names) or NullDevice.name

    @property
    def note(self) -> str | None:
        """Return the silent outputs, reasons and remedy, for people; None without trouble."""
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
        """Return the number of blocks lost to errors."""
        return self._make.errors + sum(output.errors for output in self._outputs)

    def take_dropouts(self) -> list[Dropout]:
        """Return and forget the gaps in any device's sound, in monotonic time."""
        return [one for output in self._outputs for one in output.take_dropouts()]

    def start(self) -> None:
        """Start to play; silently on unavailable devices."""
        for output in self._outputs:
            output.start()

    def fade_in(self) -> None:
        """Mute every device within a block, and fade in after `SILENCE_BEFORE_RETURN`."""
        with self._one_at_a_time:
            for reader in self.readers:
                reader.fade_in(SILENCE_BEFORE_RETURN)

    def close(self) -> None:
        """Stop for good; idempotent."""
        for output in self._outputs:
            output.close()

    def begin(self, reader: DeviceReader, device: Device) -> None:
        """Note that a device starts to pull for `reader`."""
        with self._one_at_a_time:
            reader.begin(device)

    def pull(self, reader: DeviceReader, frames: int) -> Block:
        """Return the next frames for a reader's device, of shape (frames, its channels)."""
        with self._one_at_a_time:
            if self.leader is None:
                self.leader = reader
                return reader.lead(frames, at_once=True)
            leader = self.leader = self._choose_leader(self.leader)
            return reader.lead(frames) if reader is leader else reader.follow(leader.phase, frames)

    def _choose_leader(self, leader: DeviceReader) -> DeviceReader:
        """Return the leader, or an aligned reader if the leader is lost and there is one."""
        if leader.real and leader.in_place:
            return leader
        candidates = (reader for reader in self.readers if reader.real and reader.in_place)
        return next(candidates, leader)
