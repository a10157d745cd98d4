"""Reader of one device's channels from the shared buffer, as leader or follower."""

from collections.abc import Callable
from math import floor

from kacenv.core.units import Seconds
from kacenv.devices.audio.mixing.gain_ramp import GainRamp, even
from kacenv.devices.audio.output.drift_control import DriftController, DriftEstimate
from kacenv.devices.audio.output.resampler import interpolate, places
from kacenv.devices.audio.output.shared_buffer import SharedBuffer
from kacenv.devices.audio.output.sound_device import Device, NullDevice
from kacenv.devices.audio.samples import RATE, Block, silence

_FADE = 0.6
_TIMEOUT = 1.0
"""Sound (s) after which a device that can't report its latency counts with its estimate."""
_ASTRAY = 0.015 * RATE
"""Error (frames) from which on a device is faded out, realigned and faded in."""


class DeviceReader:
    """Reads the columns of one device; one thread at a time.

    `now` is a monotonic clock (s).
    """

    def __init__(self, buffer: SharedBuffer, columns: list[int], now: Callable[[], float]) -> None:
        self.phase = DriftEstimate()
        self.in_place = False
        """True if the device's sound is aligned with the others'."""
        self.real = False
        """True if the device is audible, not the silent one."""
        self.position = 0.0
        """Next frame to read, in frames of the shared buffer."""
        self._buffer, self._columns, self._now = buffer, columns, now
        self._device: Device = NullDevice()
        self._controller = DriftController()
        self._gain, self._wanted, self._ramp = 0.0, 0.0, GainRamp(0.0)
        self._untold = 0.0

    def begin(self, device: Device) -> None:
        """Restart for a new or reopened device."""
        self._device = device
        self.real = not isinstance(device, NullDevice)
        self.in_place = False
        self.phase.reset()
        self._controller.begin()
        self._untold = 0.0
        self._gain, self._wanted, self._ramp = 0.0, 0.0, GainRamp(0.0)

    def fade_in(self, hush: Seconds) -> None:
        """Mute within a block, and fade in after `hush` seconds."""
        self._gain = -hush / _FADE

    def lead(self, frames: int, *, at_once: bool = False) -> Block:
        """Read the next `frames` frames at the device's own rate; `at_once` without a fade."""
        heard_in = self._measure(frames)
        if at_once:
            self._gain, self._ramp = 1.0, GainRamp(1.0)
        self.in_place, self._wanted = True, 1.0
        self._controller.return_to_unity(frames / RATE)
        return self._faded(self._read(frames, heard_in))

    def follow(self, leader: DriftEstimate, frames: int) -> Block:
        """Read the next `frames` frames aligned with the leader; silence while unaligned."""
        heard_in = self._measure(frames)
        ahead = self.phase.value - leader.value
        known = self.phase.settled and leader.settled
        if not self.real or (known and not self._gain and not self._wanted):
            self._move(-ahead)
            self.in_place, self._wanted = self.real, float(self.real)
            ahead = 0.0
        if not self.in_place:
            self.position += frames
            return silence(frames, len(self._columns))
        if known and abs(ahead) > _ASTRAY:
            self._wanted = 0.0
        if known:
            self._controller.correct(ahead, frames / RATE)
        return self._faded(self._read(frames, heard_in))

    def _measure(self, frames: int) -> float:
        """Measure the device's phase; return its latency (s)."""
        heard_in = self._device.heard_in()
        if heard_in is None:
            self._untold += frames / RATE
            if self._untold < _TIMEOUT:
                self.phase.reset()
                return self._device.latency
            heard_in = self._device.latency
        else:
            self._untold = 0.0
        due = (self._now() + heard_in) * RATE
        self.phase.add(self.position - due, frames / RATE)
        return heard_in

    def _move(self, frames: float) -> None:
        self.position += frames
        self.phase.shift(frames)
        self._controller.begin()

    def _read(self, frames: int, heard_in: float) -> Block:
        start, ratio = self.position, self._controller.ratio
        self.position += frames * ratio
        if ratio == 1.0 and start == floor(start):
            return self._buffer.read(int(start), frames, self._columns, heard_in)
        first, count = places(start, ratio, frames)
        early = heard_in - (start - first) / RATE
        sound = self._buffer.read(first, count, self._columns, early)
        return interpolate(sound, start, ratio, frames) if self._columns else sound[:frames]

    def _faded(self, block: Block) -> Block:
        step = len(block) / RATE / _FADE
        self._gain += max(-step, min(step, self._wanted - self._gain))
        if not self._gain and not self._wanted:
            self.in_place = False
        return self._ramp.apply(block, even(self._gain))
