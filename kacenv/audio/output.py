"""Keeps sound going to the room's device, and to nowhere as long as that is away."""

import logging
import threading
import time
from collections.abc import Callable

import numpy as np

from kacenv.audio.devices import Device, NullDevice, Pull
from kacenv.audio.guard import Guard
from kacenv.audio.ramp import Ramp, even
from kacenv.audio.samples import RATE, Block
from kacenv.errors import DeviceError
from kacenv.units import Seconds

_CHECK_EVERY = Seconds(0.3)
"""Also the time between two attempts while the device is away; one takes 7 ms."""
_STUCK_AFTER = 2
"""Checks without a pull of a device that has pulled at every check for a while."""
_ASLEEP_AFTER = 10
"""Checks without a pull before; a sound server may need two seconds to wake a device."""
_AWAKE_AFTER = 3
_BREATH = 0.1
"""Before a device that has stopped by itself is opened again."""
_RETURN_OVER = Seconds(0.8)
"""With the time to the next attempt, sound is back within two seconds of its device."""
HUSH = Seconds(0.4)
"""The silence before a fade-in within the music: the orders that set everything anew take 0.2 s
to be heard, and 0.05 s to be followed."""
_log = logging.getLogger(__name__)

REMEDY = (
    "Connect the device and switch it on, or correct `device` in the room file; "
    "the sound comes back by itself."
)


class Output:
    """Pulls from `source` for ever, whatever happens to devices.

    `open_device` opens the room's device or raises DeviceError; `on_start` hears of each device
    that begins.
    """

    def __init__(
        self,
        source: Pull,
        channels: int,
        open_device: Callable[[], Device],
        on_start: Callable[[Device], None],
        check_every: Seconds = _CHECK_EVERY,
    ) -> None:
        self._source = Guard(source, channels)
        self._open_device, self._on_start = open_device, on_start
        self._check_every = check_every
        self._one_at_a_time = threading.Lock()
        self._news, self._over = threading.Event(), False
        self._watch = threading.Thread(target=self._keep_going, name="output-watch", daemon=True)
        self._device: Device | None = None
        self._blocks = 0
        self._return = Ramp(1.0)
        self._returned = 1.0
        self.reason: str | None = None
        """Why there is no device, for people to read."""

    @property
    def device(self) -> str:
        """The name of the device that plays; `none` while there is none."""
        return self._device.name if self._device else NullDevice.name

    @property
    def note(self) -> str | None:
        """What is wrong with the device and what to do; None while all is well."""
        reason = self.reason
        if reason is None:
            return None
        return f"{reason[:1].upper()}{reason[1:]}. The session goes on silently. {REMEDY}"

    @property
    def errors(self) -> int:
        """Blocks of sound lost to an error."""
        return self._source.errors

    def start(self) -> None:
        """Begin to play; without a device, silently."""
        self._begin()
        self._watch.start()

    def fade_in(self) -> None:
        """Fall silent within a block, and after `HUSH` fade in as a device does that returns."""
        self._returned = -HUSH / _RETURN_OVER

    def close(self) -> None:
        """Fall silent for good; twice does no harm."""
        self._over = True
        self._news.set()
        if self._watch.ident is not None:
            self._watch.join()
        if self._device:
            self._device.close()

    def _begin(self) -> None:
        try:
            self._play(self._open_device())
        except DeviceError as error:
            self._be_silent(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the device is sought again
            _log.exception("the sound device could not be opened")
            self._be_silent(DeviceError(f"the sound device could not be opened ({error})"))

    def _be_silent(self, error: DeviceError) -> None:
        if isinstance(self._device, NullDevice):
            self.reason = str(error)
            return
        self._play(NullDevice(), str(error))
        _log.warning("%s", error)

    def _play(self, device: Device, reason: str | None = None) -> None:
        if self._device:
            self._device.close()
            self._return, self._returned = Ramp(0.0), 0.0
        # In this order: whoever sees the device finds the note that belongs to it.
        self.reason = reason
        self._device = device
        self._on_start(device)
        device.start(self._pull, self._news.set)

    def _pull(self, frames: int) -> Block:
        with self._one_at_a_time:
            self._blocks += 1
            return self._come_back(self._source(frames))

    def _come_back(self, block: Block) -> Block:
        """A device that returns in the middle of the music fades in."""
        if self._returned >= 1.0:
            return np.ascontiguousarray(block)
        self._returned = min(1.0, self._returned + len(block) / RATE / _RETURN_OVER)
        return self._return.apply(block, even(self._returned))

    def _keep_going(self) -> None:
        watch = Watchdog()
        while not self._over:
            stopped = self._news.wait(self._check_every)
            self._news.clear()
            if not self._over and (stopped or self.reason or watch.stuck(self._blocks)):
                watch = Watchdog()
                time.sleep(_BREATH if stopped else 0.0)
                self._begin()


class Watchdog:
    """Looks at equal times whether a device still pulls; one that is waking is given longer."""

    def __init__(self) -> None:
        self._seen, self._beats, self._still = -1, 0, 0

    def stuck(self, blocks: int) -> bool:
        """Whether a device that has pulled `blocks` times so far has stopped."""
        awake = self._beats >= _AWAKE_AFTER
        if blocks != self._seen:
            self._seen, self._beats, self._still = blocks, self._beats + 1, 0
            return False
        self._beats = self._beats if awake else 0
        self._still += 1
        return self._still >= (_STUCK_AFTER if awake else _ASLEEP_AFTER)
