"""Tally of a session's dropouts: what the status counts, and what staff are told of them."""

from kacenv.core.units import Seconds, format_seconds
from kacenv.model.dropout import Dropout, merged
from kacenv.model.status import DropoutStatus

_LATELY = Seconds(600.0)
_HEARD = Seconds(0.2)
"""Length (s) of a gap that people notice; shorter ones pass for a breath of the music."""
_OFTEN = 3
"""Number of gaps in `_LATELY` that people notice, however short."""
_NOTE = (
    "The sound stopped {} in the last {}, for {} at most. It plays on by itself. If it happens "
    "again, close other programs on this machine."
)


class DropoutTally:
    """Counts dropouts since the session's start `since`, on the room's clock."""

    def __init__(self, since: Seconds) -> None:
        self._since = since
        self._all: list[Dropout] = []

    def add(self, dropout: Dropout) -> Dropout | None:
        """Count a dropout; return what of it is the session's, None if nothing is."""
        own = dropout.since(self._since)
        if own is not None:
            self._all = merged([*self._all, own])
        return own

    def status(self) -> DropoutStatus:
        """Return number and longest."""
        return DropoutStatus(len(self._all), _longest(self._all))

    def note(self, now: Seconds) -> str | None:
        """Return what staff need to know of the last ten minutes, and what to do; else None."""
        lately = [one for one in self._all if one.end > now - _LATELY]
        longest = _longest(lately)
        if longest < _HEARD and len(lately) < _OFTEN:
            return None
        often = "once" if len(lately) == 1 else f"{len(lately)} times"
        return _NOTE.format(often, format_seconds(_LATELY), dropout_length(longest))


def dropout_length(length: float) -> str:
    """Return a gap's length in words."""
    return f"{max(10, round(length * 100) * 10)} ms" if length < 1.0 else format_seconds(length)


def _longest(dropouts: list[Dropout]) -> Seconds:
    return Seconds(max((one.length for one in dropouts), default=0.0))
