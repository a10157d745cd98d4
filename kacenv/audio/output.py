"""Keeps sound going to the room's device, and to nowhere as long as that is away."""

import logging
import threading
from collections.abc import Callable

import numpy as np

from kacenv.audio.devices import Device, NullDevice, Pull
from kacenv.audio.ramp import Ramp
from kacenv.audio.samples import RATE, Block, silence
from kacenv.errors import DeviceError
from kacenv.units import Seconds

_CHECK_EVERY = Seconds(1.0)
_AWAY = 0.4
"""While the device is away, the share of that time between two attempts; one takes 7 ms."""
_STUCK_AFTER = 3
"""Checks without a pull; a sound server may need two seconds to wake a device."""
_RETURN_OVER = Seconds(0.8)
"""With the time to the next attempt, sound is back within two seconds of its device."""
_log = logging.getLogger(__name__)

_SILENT = (
    "{}. The session goes on silently. Connect the device and switch it on, or correct "
    "`device` in the room file; the sound comes back by itself."
)


class Output:
    """Pulls from `source` for ever, whatever happens to devices.

    `open_device` opens the room's device or raises DeviceError; `on_start` hears the latency
    of each device that begins.
    """

    def __init__(
        self,
        source: Pull,
        channels: int,
        open_device: Callable[[], Device],
        on_start: Callable[[Seconds], None],
        check_every: Seconds = _CHECK_EVERY,
    ) -> None:
        self._source, self._channels = source, channels
        self._open_device, self._on_start = open_device, on_start
        self._check_every = check_every
        self._one_at_a_time = threading.Lock()
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._keep_going, name="output-watch", daemon=True)
        self._device: Device | None = None
        self._blocks = 0
        self._return = Ramp(1.0)
        self._returned = 1.0
        self.errors = 0
        self.note: str | None = None

    @property
    def device(self) -> str:
        """The name of the device that plays; `none` while there is none."""
        return self._device.name if self._device else NullDevice.name

    def start(self) -> None:
        """Begin to play; without a device, silently."""
        self._begin()
        self._watch.start()

    def close(self) -> None:
        """Fall silent for good; twice does no harm."""
        self._stop.set()
        if self._watch.ident is not None:
            self._watch.join()
        if self._device:
            self._device.close()

    def _begin(self) -> None:
        try:
            self._play(self._open_device())
        except DeviceError as error:
            self._be_silent(error)

    def _be_silent(self, error: DeviceError) -> None:
        note = _SILENT.format(str(error)[:1].upper() + str(error)[1:])
        if isinstance(self._device, NullDevice):
            self.note = note
            return
        self._play(NullDevice(), note)
        _log.warning("%s", error)

    def _play(self, device: Device, note: str | None = None) -> None:
        if self._device:
            self._device.close()
            self._return, self._returned = Ramp(0.0), 0.0
        # In this order: whoever sees the device finds the note that belongs to it.
        self.note = note
        self._device = device
        self._on_start(device.latency)
        device.start(self._pull)

    def _pull(self, frames: int) -> Block:
        with self._one_at_a_time:
            self._blocks += 1
            try:
                block = self._source(frames)
            except Exception:  # noqa: BLE001 - whatever it is, the sound goes on
                self._lost()
                block = silence(frames, self._channels)
            return self._come_back(block)

    def _lost(self) -> None:
        """Count a lost block; log the first, and then ever more rarely."""
        self.errors += 1
        if self.errors.bit_count() == 1:
            _log.exception("a block of sound was lost, the %d. so far", self.errors)

    def _come_back(self, block: Block) -> Block:
        """A device that returns in the middle of the music fades in."""
        if self._returned >= 1.0:
            return np.ascontiguousarray(block)
        self._returned = min(1.0, self._returned + len(block) / RATE / _RETURN_OVER)
        return self._return.apply(block, self._returned)

    def _keep_going(self) -> None:
        seen, still = -1, 0
        while not self._stop.wait(self._check_every * (_AWAY if self.note else 1.0)):
            still = still + 1 if self._blocks == seen else 0
            seen = self._blocks
            if still >= _STUCK_AFTER or self.note:
                still = 0
                self._begin()
