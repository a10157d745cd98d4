"""Estimated state of a lamp: from its fade, its last step, or its last report."""

from dataclasses import dataclass

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported
from kacenv.devices.lights.fades.fade_steps import LampFade
from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.devices.lights.lamp.report_check import looks_same
from kacenv.model.look import Setting

ANSWER_WITHIN = Seconds(1.0)
"""Time (s) that a stepped lamp is given to report its state before its first fade."""


@dataclass(frozen=True, slots=True)
class LampState:
    """State of a lamp for display.

    `believed` is what the lamp should show now, in mid-fade too; None before its first command.
    `reported` is its own report; `available` is None if unknown. `confirmed_after` is the time (s)
    from its last command to its confirmation; None without one. `fading` is True until its fade's
    time is over and its last message is sent.
    """

    believed: Setting | None = None
    reported: Setting | None = None
    available: bool | None = None
    by_hand: bool = False
    confirmed_after: Seconds | None = None
    fading: bool = False


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
    def newest(self) -> Reported:
        """Return the newest value of each field."""
        return self._report

    @property
    def available(self) -> bool | None:
        """Return the reported availability; None if unknown."""
        return self._report.available

    @property
    def setting(self) -> Setting | None:
        """Return the reported setting; None without a level."""
        level, kelvin, _, color, *_ = self._report
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

    def __init__(self, report: LastReport, scale: DimmingScale) -> None:
        self._report, self._scale = report, scale
        self._rest: Setting | None = None
        self.fade: LampFade | None = None
        """Fade that is running or complete; None if there was none, or the lamp has left it."""
        self.sent_at: Seconds | None = None
        """Time of the last message to the lamp."""
        self.is_unknown = False
        """True while the lamp may show something other than the end of its last fade."""
        self.assumed: Setting | None = None
        """Setting to assume until the lamp reports."""

    def begin_fade(self, fade: LampFade) -> None:
        """Start a fade."""
        self.fade, self._rest = fade, None

    def hold(self, setting: Setting | None) -> None:
        """Drop the fade: the lamp shows `setting`, or None if unknown."""
        self.fade, self._rest = None, setting

    def control_lost(self, last_sent: Setting | None) -> None:
        """Truncate the fade: no more messages can be sent, and `last_sent` was the last step.

        A lamp with transitions of its own completes the one that it was sent.
        """
        if self.fade is not None and self.fade.next_due() is not None:
            self.fade, self._rest = self.fade.control_lost(), last_sent

    def assume(self, setting: Setting) -> None:
        """Assume `setting` until the lamp reports; the first assumption counts."""
        self.assumed = self.assumed or setting

    def lamp_went_away(self, now: Seconds) -> None:
        """Mark the lamp as unknown after it left, and assume what it showed then."""
        if not self.is_unknown:
            self.assumed = self.origin(now) or self.assumed
        self.is_unknown = True

    def lamp_set(self) -> None:
        """Mark the lamp's state as known: its first step has set it."""
        self.is_unknown, self.assumed = False, None

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
        """Return the start of the next fade, None if unknown; a report outweighs a rest."""
        if self.is_unknown:
            return None
        believed, reported = self.at(now), self._report.setting
        if reported is None or not self._outdated(believed, reported.level):
            return believed
        if reported.kelvin is None and reported.color is None and believed:
            return believed._replace(level=reported.level)
        return reported

    def _outdated(self, believed: Setting | None, level: Level) -> bool:
        """Tell if the lamp was changed by others since its last fade ended."""
        if believed is None:
            return True
        rest = self.fade.path.end if self.fade else self.sent_at
        reported_at = self._report.level_at
        if reported_at is None or (rest is not None and reported_at <= rest):
            return False
        return not looks_same(self._scale, level, believed.level)


class StateQuery:
    """Query of an unknown lamp's state, once before its first fade; no clock, no I/O."""

    def __init__(self, messages: tuple[Message, ...]) -> None:
        self._messages = messages
        self._has_waited = False
        self.has_been_repeated = False
        """True once the query was sent again, for a look in doubt."""
        self.is_pending = False
        """True if the query is still to be sent."""
        self.waits_until: Seconds | None = None
        """End of the wait for a report (s); None while nothing is awaited."""

    def wait(self, now: Seconds) -> bool:
        """Query the lamp and wait for its report; return False once the wait is over."""
        if self.waits_until is not None and now < self.waits_until:
            return True
        if self._has_waited:
            return False
        self._has_waited = self.is_pending = True
        self.waits_until = Seconds(now + ANSWER_WITHIN)
        return True

    def repeat(self) -> bool:
        """Query the lamp again, without a wait; return False if it can't be asked."""
        self.has_been_repeated = self.is_pending = bool(self._messages)
        return self.is_pending

    def new_look(self) -> None:
        """Allow another repeat for a new look."""
        self.has_been_repeated = False

    def stop_waiting(self) -> None:
        """End the wait: the lamp has reported, its time is up, or it can't report."""
        self.waits_until = None

    def interrupted(self) -> None:
        """Allow another wait if this one was interrupted before the lamp could report."""
        if self.waits_until is not None:
            self.waits_until, self._has_waited = None, False

    def allow_wait(self) -> None:
        """Allow another wait after the lamp left or returned."""
        self._has_waited = False

    def messages(self) -> tuple[Message, ...]:
        """Return the query to send now: once, and nothing if the dialect has none."""
        pending, self.is_pending = self.is_pending, False
        return self._messages if pending else ()
