"""Player of test signals on one output of a room, outside of sessions."""

import math
import threading
from collections.abc import Callable
from typing import Self

import numpy as np

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.mixing.automation import SILENT, LevelAutomation
from kacenv.devices.audio.mixing.gain_ramp import GainRamp
from kacenv.devices.audio.mixing.routing import Routing
from kacenv.devices.audio.output.sound_device import Device, SoundDevice
from kacenv.devices.audio.samples import RATE, Block, silence
from kacenv.model.room import Output, Role, Room

_BEGINS = Decibels(-60.0)
_FALL = Seconds(1.5)
_CHUNK = 960
_TAIL = Seconds(0.6)
"""Time (s) to play after the signal, longer than any device's buffer, so that nothing is cut
off."""
_TIMEOUT = Seconds(10.0)


class SignalPlayer:
    """Plays `sound` (stereo) on `output`, once or in a loop.

    With `rise`, plays in a loop, and fades in from very soft over that time. The output's ceiling
    applies, its trim doesn't; the other outputs stay silent.

    Raises:
        DeviceError: The device can't be used.
    """

    def __init__(
        self,
        room: Room,
        output: Output,
        sound: Block,
        rise: Seconds | None = None,
        open_device: Callable[[str, int], Device] = SoundDevice,
    ) -> None:
        plain = output.model_copy(update={"trim": Decibels(0.0), "role": Role.SPEAKERS})
        self._routing = Routing((plain,))
        beside = [other for other in room.outputs if other.device == output.device]
        self._spare = max(max(other.channels) for other in beside) - self._routing.channels
        self._sound, self._frame, self._repeats = sound, 0, rise is not None
        self._level, self._ramp = (
            LevelAutomation(Decibels(0.0) if rise is None else _BEGINS),
            GainRamp(),
        )
        if rise is not None:
            self._level.fade_to(Decibels(0.0), Seconds(0.0), rise)
        self._end = math.inf if self._repeats else len(sound) / RATE
        self._over, self._lost = threading.Event(), False
        self._device = open_device(output.device, self._routing.channels + self._spare)

    def __enter__(self) -> Self:
        """Start to play."""
        self._device.start(self._pull, self._stopped)
        return self

    def __exit__(self, *_: object) -> None:
        """Fade out and close the device."""
        if not self._over.is_set():
            self._level.fade_to(SILENT, self._now, _FALL)
            self._end = min(self._end, self._now + _FALL)
            self._over.wait(_FALL + _TIMEOUT)
        self._device.close()

    def wait(self) -> None:
        """Wait for the end of the sound.

        Raises:
            DeviceError: The device has stopped on the way.
        """
        in_time = self._over.wait(len(self._sound) / RATE + _TIMEOUT)
        if self._lost or not in_time:
            raise DeviceError("the sound device has stopped; is it still connected?")

    def _stopped(self) -> None:
        self._lost = True
        self._over.set()

    @property
    def _now(self) -> Seconds:
        return Seconds(self._frame / RATE)

    def _pull(self, frames: int) -> Block:
        sizes = [min(_CHUNK, frames - done) for done in range(0, frames, _CHUNK)]
        block = np.concatenate([self._next(size) for size in sizes])
        if self._now >= self._end + _TAIL:
            self._over.set()
        return np.ascontiguousarray(np.pad(block, ((0, 0), (0, self._spare))))

    def _next(self, frames: int) -> Block:
        sound = self._samples(frames)
        self._frame += frames
        sound = self._ramp.apply(sound, self._level.gain_at(self._now))
        return self._routing.mix(sound, {}, self._now)

    def _samples(self, frames: int) -> Block:
        if self._repeats:
            places = np.arange(self._frame, self._frame + frames) % len(self._sound)
            return self._sound[places]
        block = silence(frames)
        part = self._sound[self._frame : self._frame + frames]
        block[: len(part)] = part
        return block
