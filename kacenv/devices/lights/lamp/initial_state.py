"""Initial state of a lamp: whether it is known, and the query for it before the first fade."""

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.dialects.state_query import state_query
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

ANSWER_WITHIN = Seconds(1.0)
"""Time (s) that a stepped lamp is given to report its state before its first fade."""


class InitialStateQuery:
    """Tracks whether a lamp's state is known, and queries it once if not; no clock, no I/O."""

    def __init__(self, fixture: Fixture) -> None:
        self._question = state_query(fixture)
        self._asks = self._has_waited = False
        self.is_unknown = False
        """True while the lamp may show something other than the end of its last fade."""
        self.assumed: Setting | None = None
        """Setting to assume until the lamp reports."""
        self.waits_until: Seconds | None = None
        """End of the wait for a report (s); None while nothing is awaited."""

    @property
    def is_pending(self) -> bool:
        """Tell if the query is still to be sent."""
        return self._asks

    def assume(self, setting: Setting) -> None:
        """Assume `setting` until the lamp reports; the first assumption counts."""
        self.assumed = self.assumed or setting

    def wait(self, now: Seconds) -> bool:
        """Query the lamp and wait for its report; return False once the wait is over."""
        if self.waits_until is not None and now < self.waits_until:
            return True
        if self._has_waited:
            return False
        self._has_waited = self._asks = True
        self.waits_until = Seconds(now + ANSWER_WITHIN)
        return True

    def stop_waiting(self) -> None:
        """End the wait: the lamp has reported, its time is up, or it can't report."""
        self.waits_until = None

    def interrupted(self) -> None:
        """Allow another wait if this one was interrupted before the lamp could report."""
        if self.waits_until is not None:
            self.waits_until, self._has_waited = None, False

    def question(self) -> tuple[Message, ...]:
        """Return the query to send now: once, and nothing if the dialect has none."""
        asks, self._asks = self._asks, False
        return self._question if asks else ()

    def reached(self, *, known: bool) -> None:
        """Query a lamp that can be reached again, unless its state is `known`."""
        self._asks = self.is_unknown or not known

    def assume_at_start(self) -> None:
        """Mark the lamp's state as known: its first step has set it."""
        self.is_unknown, self.assumed = False, None

    def lamp_went_away(self, known: Setting | None) -> None:
        """Mark the lamp as unknown after it left; `known` is its last setting."""
        if not self.is_unknown:
            self.assumed = known or self.assumed
        self.is_unknown, self._has_waited = True, False

    def lamp_returned(self) -> None:
        """Allow another wait after the lamp returned."""
        self._has_waited = False
