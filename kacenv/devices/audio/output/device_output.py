"""Output to the room's device; falls back to a silent device while that is unavailable."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.mixing.gain_ramp import GainRamp, even
from kacenv.devices.audio.output.bounded_open import BoundedOpen
from kacenv.devices.audio.output.dropout_detector import DropoutDetector
from kacenv.devices.audio.output.pull_log import PullLog
from kacenv.devices.audio.output.sound_device import Device, NullDevice, Pull
from kacenv.devices.audio.samples import RATE, Block, silence
from kacenv.model.dropout import Dropout


class FaultGuard:
    """Returns the blocks of `source`, and silence for one that raises."""

    def __init__(self, source: Callable[..., Block], channels: int) -> None:
        self._source, self._channels = source, channels
        self.errors = 0

    def __call__(self, frames: int, *rest: float) -> Block:
        """Return the next `frames` frames; `rest` is passed to `source`."""
        try:
            return self._source(frames, *rest)
        except Exception:  # noqa: BLE001 - the sound survives any error
            self._lost()
            return silence(frames, self._channels)

    def _lost(self) -> None:
        """Count a lost block; log at powers of two."""
        self.errors += 1
        if self.errors.bit_count() == 1:
            _log.exception("a block of sound was lost, the %d. so far", self.errors)


_CHECK_EVERY = Seconds(0.3)
"""Interval (s) of the checks and of the attempts to reopen the device, which take 7 ms each."""
_STUCK_AFTER = 2
"""Number of checks without a pull after which a device that had pulled regularly is stuck."""
_ASLEEP_AFTER = 10
"""Number of such checks at first: a sound server may need two seconds to wake a device."""
_AWAKE_AFTER = 3
_BREATH = 0.1
"""Pause (s) before a device that has stopped by itself is reopened."""
_RETURN_OVER = Seconds(0.8)
"""Fade-in (s) after a return: with the wait for the next attempt, it is complete within two
seconds."""
SILENCE_BEFORE_RETURN = Seconds(0.4)
"""Silence (s) before a fade-in within the music: commands that restore all values take 0.2 s to be
heard, and 0.05 s to be followed."""
_log = logging.getLogger(__name__)

REMEDY = (
    "Connect the device and switch it on, or correct `device` in the room file; "
    "the sound comes back by itself."
)


class DeviceOutput:
    """Pulls from `source` without end, through loss and return of the device.

    `open_device` opens the room's device or raises DeviceError; `on_start` is called with each
    device that starts.
    """

    def __init__(
        self,
        source: Pull,
        channels: int,
        open_device: Callable[[], Device],
        on_start: Callable[[Device], None],
        check_every: Seconds = _CHECK_EVERY,
    ) -> None:
        self._source = FaultGuard(source, channels)
        self._open_device, self._on_start = BoundedOpen(open_device), on_start
        self._check_every = check_every
        self._one_at_a_time = threading.Lock()
        self._news, self._over = threading.Event(), False
        self._watch = threading.Thread(target=self._keep_going, name="output-watch", daemon=True)
        self._device: Device | None = None
        self._blocks = 0
        self._pulls, self._detector = PullLog(), DropoutDetector()
        self._dropouts = deque[Dropout]()
        self._return = GainRamp(1.0)
        self._returned = 1.0
        self.reason: str | None = None
        """Reason why the device is unavailable, for people to read; None if it is available."""

    @property
    def device(self) -> str:
        """Return the name of the playing device; `none` without one."""
        return self._device.name if self._device else NullDevice.name

    @property
    def note(self) -> str | None:
        """Return the device's trouble and its remedy, for people to read; None without trouble."""
        reason = self.reason
        if reason is None:
            return None
        return f"{reason[:1].upper()}{reason[1:]}. The session goes on silently. {REMEDY}"

    @property
    def errors(self) -> int:
        """Return the number of blocks lost to errors."""
        return self._source.errors

    def take_dropouts(self) -> list[Dropout]:
        """Return and forget the gaps in the sound, in monotonic time."""
        return [self._dropouts.popleft() for _ in range(len(self._dropouts))]

    def start(self) -> None:
        """Start to play; silently without a device."""
        self._begin()
        self._watch.start()

    def fade_in(self) -> None:
        """Mute within a block, and fade in a moment later as after a device's return."""
        self._returned = -SILENCE_BEFORE_RETURN / _RETURN_OVER

    def close(self) -> None:
        """Stop for good; idempotent."""
        self._over = True
        self._news.set()
        if self._watch.ident is not None:
            self._watch.join()
        self._open_device.abandon()
        if self._device:
            self._device.close()

    def _begin(self) -> None:
        try:
            self._play(self._open_device())
        except DeviceError as error:
            self._be_silent(error)
        except Exception as error:  # noqa: BLE001 - the device is retried after any error
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
            self._return, self._returned = GainRamp(0.0), 0.0
        # In this order: a thread that reads the device then finds its own note.
        self.reason = reason
        self._device = device
        self._find_dropouts()
        self._detector.begin(device.held, device.latency)
        self._on_start(device)
        device.start(self._pull, self._news.set)

    def _find_dropouts(self) -> None:
        found = (self._detector.pull(at, frames) for at, frames in self._pulls.drain())
        self._dropouts.extend(one for one in found if one)

    def _pull(self, frames: int) -> Block:
        self._pulls.add(time.monotonic(), frames)
        with self._one_at_a_time:
            self._blocks += 1
            return self._come_back(self._source(frames))

    def _come_back(self, block: Block) -> Block:
        """Fade in a block after the device's return."""
        if self._returned >= 1.0:
            return np.ascontiguousarray(block)
        self._returned = min(1.0, self._returned + len(block) / RATE / _RETURN_OVER)
        return self._return.apply(block, even(self._returned))

    def _keep_going(self) -> None:
        watch = StallDetector()
        while not self._over:
            stopped = self._news.wait(self._check_every)
            self._news.clear()
            self._find_dropouts()
            if not self._over and (stopped or self.reason or watch.stuck(self._blocks)):
                watch = StallDetector()
                time.sleep(_BREATH if stopped else 0.0)
                self._release()
                self._begin()

    def _release(self) -> None:
        """Close a device that has stopped: while it is open, its card can't be opened again."""
        if self._device and not isinstance(self._device, NullDevice):
            try:
                self._device.close()
            except Exception:  # noqa: BLE001 - the device is opened again whatever closing it did
                _log.exception("the sound device could not be closed")


class StallDetector:
    """Detects by periodic checks that a device has stopped pulling, later if it is waking."""

    def __init__(self) -> None:
        self._seen, self._beats, self._still = -1, 0, 0

    def stuck(self, blocks: int) -> bool:
        """Tell if a device with `blocks` pulls so far has stopped."""
        awake = self._beats >= _AWAKE_AFTER
        if blocks != self._seen:
            self._seen, self._beats, self._still = blocks, self._beats + 1, 0
            return False
        self._beats = self._beats if awake else 0
        self._still += 1
        return self._still >= (_STUCK_AFTER if awake else _ASLEEP_AFTER)
