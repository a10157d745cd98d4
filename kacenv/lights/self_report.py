"""What a lamp has said of itself, the newest of everything together."""

from kacenv.lights.dialects import Reported
from kacenv.look import Setting
from kacenv.units import Level, Seconds


class SelfReport:
    """Reports come in parts: a level, a white or colour, or whether the lamp is there."""

    def __init__(self) -> None:
        self._report = Reported()
        self.level_at: Seconds | None = None
        """When it last said a level."""

    @property
    def level(self) -> Level | None:
        """What it said last; None where it never did."""
        return self._report.level

    @property
    def available(self) -> bool | None:
        """Whether it answers; None where nobody says."""
        return self._report.available

    @property
    def setting(self) -> Setting | None:
        """All that it shows; None before it has said a level."""
        level, kelvin, _, color = self._report
        return None if level is None else Setting(level, None if color else kelvin, color)

    def take(self, report: Reported, now: Seconds) -> None:
        """Add what it says now to what it said before; a white takes the place of a colour."""
        known = zip(report, self._report, strict=True)
        self._report = Reported._make(old if new is None else new for new, old in known)
        if report.kelvin is not None and report.color is None:
            self._report = self._report._replace(color=None)
        if report.level is not None:
            self.level_at = now

    def forget_whether_there(self) -> None:
        """Nobody can say any more whether it answers."""
        self._report = self._report._replace(available=None)
