"""Signs that a lamp has come back from a power cut, apart from a hand's work.

Lamps come back at full, or where they were before, and report it like a change by hand. What tells
them apart is a sign of the restart: the word of a bridge or a program that the lamp is there again.
Without one, the hand wins.
"""

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.fades.lightness import DimmingScale

REPORT_AFTER = Seconds(10.0)
"""Time (s) after a sign within which a lamp's jump to its power-on level is the restart's."""
ANY_AFTER = Seconds(3.0)
"""Time (s) after a certain sign within which any change is the restart's."""
SIGN_AFTER = Seconds(3.0)
"""Time (s) after a jump within which a sign still explains it."""
RETAINED_FOR = Seconds(1.0)
"""Time (s) after a reconnect in which a sign may be an old, retained one."""
MOST_RETURNS = 3
"""Limit of returns for one sign, for a lamp that goes on reporting its power-on level."""


class RestartSigns:
    """Weighs signs of a restart against reported jumps; no clock, no I/O."""

    def __init__(self, scale: DimmingScale) -> None:
        self._scale = scale
        self._power_on = {scale.full}
        self._sign: Seconds | None = None
        self._certain = False
        self._jump: Seconds | None = None
        self._returns = 0

    def note_sign(self, now: Seconds, *, certain: bool) -> None:
        """Note a sign; it is `certain` if nothing but a restart causes it."""
        recent = self._sign is not None and now < self._sign + REPORT_AFTER
        self._certain = certain or (recent and self._certain)
        self._sign, self._returns = now, self._returns if recent else 0

    def note_jump(self, level: Level, now: Seconds) -> bool:
        """Note a change that nobody asked for; tell if a restart may have caused it."""
        may_be = self.is_power_on(level)
        self._jump = now if may_be else None
        return may_be

    def explains_jump(self, now: Seconds) -> bool:
        """Tell if a sign at `now` explains the last jump, and forget that jump."""
        explained = self._jump is not None and now <= self._jump + SIGN_AFTER
        self._jump = None
        return explained

    def explains(self, level: Level, now: Seconds, *, after_silence: bool = False) -> bool:
        """Tell if a restart explains a change to `level` at `now`; remember where it came back.

        After commands that went unanswered, the first word of a lamp is a sign itself.
        """
        if after_silence and self.is_power_on(level):
            return True
        if self._sign is None or self._returns >= MOST_RETURNS:
            return False
        certain = self._certain and now <= self._sign + ANY_AFTER
        known = self.is_power_on(level) and now <= self._sign + REPORT_AFTER
        if certain and level > 0:
            self._power_on.add(self._scale.units(level))
        self._returns += certain or known
        return certain or known

    def is_power_on(self, level: Level) -> bool:
        """Tell if a lamp comes back at `level`, as far as is known of it."""
        return self._scale.units(level) in self._power_on
