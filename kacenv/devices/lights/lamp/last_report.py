"""Merged reports of a lamp: the newest value of each field."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Reported
from kacenv.model.look import Setting


class LastReport:
    """Merges partial reports: level, white or colour, availability."""

    def __init__(self) -> None:
        self._report = Reported()
        self.level_at: Seconds | None = None
        """Time of the newest reported level."""

    @property
    def level(self) -> Level | None:
        """Return the newest reported level; None without one."""
        return self._report.level

    @property
    def available(self) -> bool | None:
        """Return the reported availability; None if unknown."""
        return self._report.available

    @property
    def setting(self) -> Setting | None:
        """Return the reported setting; None without a level."""
        level, kelvin, _, color = self._report
        return None if level is None else Setting(level, None if color else kelvin, color)

    def update(self, report: Reported, now: Seconds) -> None:
        """Merge a report; a reported white replaces a colour."""
        known = zip(report, self._report, strict=True)
        self._report = Reported._make(old if new is None else new for new, old in known)
        if report.kelvin is not None and report.color is None:
            self._report = self._report._replace(color=None)
        if report.level is not None:
            self.level_at = now

    def forget_availability(self) -> None:
        """Reset the availability to unknown."""
        self._report = self._report._replace(available=None)
