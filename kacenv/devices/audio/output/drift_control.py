"""Drift control: a device's phase in the shared buffer, and the ratio that keeps it aligned."""

from kacenv.devices.audio.samples import RATE

_AVERAGE_OVER = 2.0
_SETTLED = 0.3
_JUMP = 0.05 * RATE
_STRANGE = 0.15
_RATIO = 0.003
"""Greatest deviation of the ratio: 5 cents of pitch, for a few seconds after a return."""
_SLEW = 0.0005
"""Greatest change of the ratio per second."""
_FREQUENCY = 0.15
"""Natural frequency of the control loop (rad/s), which is critically damped."""


class DriftEstimate:
    """Phase of a device: its position in the shared buffer minus elapsed time, in frames.

    Averaged over two seconds, as devices pull in bursts and late. A single outlier is ignored; if
    outliers persist, the device has stalled, and the average restarts.
    """

    def __init__(self) -> None:
        self.value = 0.0
        self._known = self._strange = 0.0

    @property
    def settled(self) -> bool:
        """Tell if the measurements suffice."""
        return self._known >= _SETTLED

    def reset(self) -> None:
        """Restart the average."""
        self._known = self._strange = 0.0

    def add(self, value: float, span: float) -> None:
        """Add a measurement, made for a block of `span` seconds."""
        if self._known and abs(value - self.value) > _JUMP:
            self._strange += span
            if self._strange < _STRANGE:
                return
            self.reset()
        self._strange = 0.0
        self._known += span
        self.value += (value - self.value) * span / min(self._known, _AVERAGE_OVER)

    def shift(self, frames: float) -> None:
        """Note that the device's position was moved by `frames`."""
        self.value += frames


class DriftController:
    """PI controller of the ratio at which the shared buffer is read."""

    def __init__(self) -> None:
        self.ratio = 1.0
        self._drift = 0.0

    def begin(self) -> None:
        """Reset the controller for another device."""
        self.ratio, self._drift = 1.0, 0.0

    def correct(self, ahead: float, span: float) -> None:
        """Update the ratio for the next `span` seconds of a device that is `ahead` frames."""
        seconds = ahead / RATE
        drift = self._drift - _FREQUENCY**2 * seconds * span
        self._drift = max(-_RATIO, min(_RATIO, drift))
        self._slew(self._drift - 2 * _FREQUENCY * seconds, span)

    def return_to_unity(self, span: float) -> None:
        """Return to a ratio of 1."""
        self._drift = 0.0
        self._slew(0.0, span)

    def _slew(self, wanted: float, span: float) -> None:
        target = 1.0 + max(-_RATIO, min(_RATIO, wanted))
        step = _SLEW * span
        self.ratio += max(-step, min(step, target - self.ratio))
