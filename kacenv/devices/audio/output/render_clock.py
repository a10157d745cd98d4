"""Render clock: room time at which the next sample will be heard."""

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE
from kacenv.system.clock import Clock

_TOLERANCE = Seconds(0.02)
_AT_REST = Seconds(0.002)
_HOPELESS = Seconds(10.0)
_LEAP = Seconds(0.5)
"""Lead (s) from which on the clock is followed in one jump, if a jump is expected."""
_MAY_LEAP_FOR = Seconds(1.0)
_AVERAGE_OVER = Seconds(1.0)
_SLEW = 0.1
"""Greatest deviation of the rate while catching up, as a share."""


class RenderClock:
    """Counts frames into room time, and follows the room's clock without jumps.

    Devices pull blocks in bursts, so the difference to the clock is averaged. Beyond 20 ms (a
    stall, or hours of drift) the count runs up to a tenth faster or slower until both agree again.
    It jumps only beyond 10 s, or beyond 0.5 s after `expect_leap`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latency = Seconds(0.0)
        self._next: float | None = None
        self._lag = 0.0
        self._catching_up = False
        self._may_leap = 0.0

    def restart(self, latency: Seconds) -> None:
        """Restart for a device whose sound is heard `latency` after its pull."""
        self._latency, self._next, self._lag = latency, None, 0.0
        self._catching_up = False

    def expect_leap(self) -> None:
        """Expect the clock to be set forward within 1 s of sound, and follow it at once."""
        self._may_leap = float(_MAY_LEAP_FOR)

    def block(self, frames: int, latency: Seconds | None = None) -> Seconds:
        """Return the room time at which the first of the next `frames` frames will be heard.

        `latency` (s) replaces the device's.
        """
        due = self._clock.now() + (self._latency if latency is None else latency)
        farthest = _LEAP if self._may_leap > 0 else _HOPELESS
        if self._next is None or abs(due - self._next) > farthest:
            self._next, self._lag, self._may_leap = due, 0.0, 0.0
        start, span = self._next, frames / RATE
        self._may_leap -= span
        self._lag += (due - start - self._lag) * min(1.0, span / _AVERAGE_OVER)
        self._next = start + span + self._correction(span)
        return Seconds(start)

    def _correction(self, span: float) -> float:
        limit = _AT_REST if self._catching_up else _TOLERANCE
        self._catching_up = abs(self._lag) > limit
        if not self._catching_up:
            return 0.0
        step = max(-_SLEW * span, min(_SLEW * span, self._lag))
        self._lag -= step
        return step
