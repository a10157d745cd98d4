"""Where a device is on the tape, and by how much it must hurry to stay beside another."""

from kacenv.audio.samples import RATE

_AVERAGE_OVER = 2.0
_SETTLED = 0.3
_JUMP = 0.05 * RATE
_STRANGE = 0.15
_RATIO = 0.003
"""The most by which the pitch may be off: 5 cents, for a few seconds after a return."""
_SLEW = 0.0005
"""By how much the ratio may change in a second."""
_FREQUENCY = 0.15
"""Natural frequency of the loop in rad/s; critically damped."""


class Phase:
    """A device's place on the tape less what the time alone makes of it, in frames.

    Devices ask in bursts and late, so it is an average over two seconds. A single strange
    measurement is passed over; when they stay strange, the device has stalled, and the
    average begins anew.
    """

    def __init__(self) -> None:
        self.value = 0.0
        self._known = self._strange = 0.0

    @property
    def settled(self) -> bool:
        """Whether it has been measured long enough to be relied upon."""
        return self._known >= _SETTLED

    def forget(self) -> None:
        """Begin anew."""
        self._known = self._strange = 0.0

    def add(self, value: float, span: float) -> None:
        """Take one measurement, made for a block of `span` seconds."""
        if self._known and abs(value - self.value) > _JUMP:
            self._strange += span
            if self._strange < _STRANGE:
                return
            self.forget()
        self._strange = 0.0
        self._known += span
        self.value += (value - self.value) * span / min(self._known, _AVERAGE_OVER)

    def shift(self, frames: float) -> None:
        """The device has been moved on the tape."""
        self.value += frames


class Steering:
    """A proportional and integral controller of the ratio at which the tape is read."""

    def __init__(self) -> None:
        self.ratio = 1.0
        self._drift = 0.0

    def begin(self) -> None:
        """Forget what was learnt of another device."""
        self.ratio, self._drift = 1.0, 0.0

    def toward(self, ahead: float, span: float) -> None:
        """Steer for the next `span` seconds, being `ahead` frames."""
        seconds = ahead / RATE
        drift = self._drift - _FREQUENCY**2 * seconds * span
        self._drift = max(-_RATIO, min(_RATIO, drift))
        self._turn(self._drift - 2 * _FREQUENCY * seconds, span)

    def rest(self, span: float) -> None:
        """Come back to the tape's own speed."""
        self._drift = 0.0
        self._turn(0.0, span)

    def _turn(self, wanted: float, span: float) -> None:
        target = 1.0 + max(-_RATIO, min(_RATIO, wanted))
        step = _SLEW * span
        self.ratio += max(-step, min(step, target - self.ratio))
