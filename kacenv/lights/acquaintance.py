"""Whether anybody knows what a lamp shows, and how it is asked before it is led anywhere."""

from kacenv.lights.dialects import Message
from kacenv.lights.inquiry import inquiry
from kacenv.look import Setting
from kacenv.room import Fixture
from kacenv.units import Seconds

ANSWER_WITHIN = Seconds(1.0)
"""A lamp that must be stepped is given this long to say what it shows before its first look."""


class Acquaintance:
    """A lamp that has been away, or was never met, may show anything. No clock, no I/O."""

    def __init__(self, fixture: Fixture) -> None:
        self._question = inquiry(fixture)
        self._asks = self._has_waited = False
        self.is_stranger = False
        """Whether the lamp may show something else than where it was led."""
        self.presumed: Setting | None = None
        """Where it is taken to be as long as nobody knows better."""
        self.waits_until: Seconds | None = None
        """Until when the lamp is given time to say what it shows."""

    @property
    def asks(self) -> bool:
        """Whether the lamp is still to be asked."""
        return self._asks

    def presume(self, setting: Setting) -> None:
        """Where it is taken to be; the first word counts."""
        self.presumed = self.presumed or setting

    def wait(self, now: Seconds) -> bool:
        """Ask, and wait for an answer; False once that is over."""
        if self.waits_until is not None and now < self.waits_until:
            return True
        if self._has_waited:
            return False
        self._has_waited = self._asks = True
        self.waits_until = Seconds(now + ANSWER_WITHIN)
        return True

    def stop_waiting(self) -> None:
        """It has answered, or had its time, or can't answer."""
        self.waits_until = None

    def interrupted(self) -> None:
        """It couldn't answer: one that was waited for may be waited for again."""
        if self.waits_until is not None:
            self.waits_until, self._has_waited = None, False

    def question(self) -> tuple[Message, ...]:
        """What it is asked now; once, and nothing where it can't be asked."""
        asks, self._asks = self._asks, False
        return self._question if asks else ()

    def reached(self, *, known: bool) -> None:
        """The lamp can be told things again; it is asked unless it is `known` what it shows."""
        self._asks = self.is_stranger or not known

    def placed(self) -> None:
        """Wherever it was, it has been put where it is led from."""
        self.is_stranger, self.presumed = False, None

    def left(self, known: Setting | None) -> None:
        """It has gone, and may show anything when it is back; `known` is where it was."""
        if not self.is_stranger:
            self.presumed = known or self.presumed
        self.is_stranger, self._has_waited = True, False

    def returned(self) -> None:
        """It is back, and may be asked again."""
        self._has_waited = False
