"""Estimated state of a lamp: from its fade, its last step, or its last report."""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Reported
from kacenv.devices.lights.fades.fade_steps import LampFade
from kacenv.devices.lights.lamp.report_check import ReportClassifier
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


class LampEstimate:
    """Weighs the commands sent to a lamp against its reports."""

    def __init__(self, said: LastReport, witness: ReportClassifier) -> None:
        self._said, self._witness = said, witness
        self._rest: Setting | None = None
        self.fade: LampFade | None = None
        """Fade that is running or complete; None if there was none, or the lamp has left it."""
        self.told_at: Seconds | None = None
        """Time of the last message to the lamp."""

    def begin_fade(self, fade: LampFade) -> None:
        """Start a fade."""
        self.fade, self._rest = fade, None

    def hold(self, setting: Setting | None) -> None:
        """Drop the fade: the lamp shows `setting`, or None if unknown."""
        self.fade, self._rest = None, setting

    def control_lost(self, told: Setting | None) -> None:
        """Truncate the fade: no more messages can be sent, and `told` was the last step.

        A lamp with transitions of its own completes the one that it was sent.
        """
        if self.fade is not None and self.fade.next_due() is not None:
            self.fade, self._rest = self.fade.control_lost(), told

    def at(self, now: Seconds) -> Setting | None:
        """Return the setting that the lamp should show now."""
        return self.fade.path.at(now) if self.fade else self._rest

    def level_at(self, now: Seconds) -> Level:
        """Return the lightness that the lamp should show now; 0 if unknown."""
        believed = self.at(now)
        return believed.level if believed else Level(0.0)

    def is_busy(self, now: Seconds) -> bool:
        """Tell if a fade is running, or has messages still to be sent."""
        fade = self.fade
        return fade is not None and (now < fade.path.end or fade.next_due() is not None)

    def origin(self, now: Seconds) -> Setting | None:
        """Return the start of the next fade: a report outweighs an estimate at rest."""
        believed, reported = self.at(now), self._said.setting
        if reported is None or not self._outdated(believed, reported.level):
            return believed
        if reported.kelvin is None and reported.color is None and believed:
            return believed._replace(level=reported.level)
        return reported

    def _outdated(self, believed: Setting | None, level: Level) -> bool:
        """Tell if the lamp was changed by others since its last fade ended."""
        if believed is None:
            return True
        rest = self.fade.path.end if self.fade else self.told_at
        said_at = self._said.level_at
        if said_at is None or (rest is not None and said_at <= rest):
            return False
        return not self._witness.agree(level, believed.level)
