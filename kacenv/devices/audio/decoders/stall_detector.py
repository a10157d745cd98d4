"""Stall detector: tells a decoder that hangs from one that waits for the processor."""

from typing import Final

from kacenv.core.units import Seconds
from kacenv.system.processes import Activity, activity_of

LOOK_EVERY: Final = Seconds(0.5)
"""Time between two looks at a decoder."""
_PATIENCE: Final = 4
"""Looks in a row, 2 s in all, in which a decoder may stand still."""
_UTMOST: Final = 60
"""Looks in a row, 30 s in all, in which it may read its file without any sound."""
_LOOP: Final = Seconds(2.0)
"""Processor time (s) after which work that reads and writes nothing is an endless loop."""
_RUNNABLE: Final = "R"
_NOTHING: Final = Activity("", Seconds(0.0), 0)


class StallDetector:
    """Counts the looks at a decoder that is wanted and writes nothing.

    Looks are counted, not time, so that a machine that stood still itself blames no decoder.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._written = -1
        self._since = _NOTHING
        self._still = self._silent = 0

    def look(self, written: int) -> bool:
        """Return True if the decoder, which has written so many frames, hangs."""
        now = activity_of(self._pid) or _NOTHING
        self._silent = self._silent + 1 if written == self._written else 0
        if not self._silent or now.read != self._since.read:
            self._written, self._since, self._still = written, now, 0
        else:
            self._still += 1
        used = now.processor - self._since.processor
        is_starved = now.state == _RUNNABLE and used < _LOOP
        return self._silent >= _UTMOST or (self._still >= _PATIENCE and not is_starved)

    def rest(self) -> None:
        """Begin to count anew: the decoder isn't wanted."""
        self._written = -1
