"""Options that VLC keeps with a track, in M3U and XSPF: the part of it to play."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kacenv.core.units import Seconds

_TIME: Final = re.compile(r"\s*:?(start|stop)-time\s*=\s*(\d{1,6}(?:\.\d{1,9})?)\s*")


class PlayedPart(NamedTuple):
    """Part of a file to play; None for its beginning or its end."""

    cue_in: Seconds | None = None
    cue_out: Seconds | None = None


def options_of(part: PlayedPart) -> Iterator[str]:
    """Yield the options by which VLC, and `played_part`, play that part."""
    for name, time in (("start", part.cue_in), ("stop", part.cue_out)):
        if time is not None:
            yield f"{name}-time={time:.3f}"


def played_part(options: Iterable[str]) -> PlayedPart:
    """Return the part that options such as `start-time=12.5` leave; others don't count."""
    times = {
        match[1]: Seconds(float(match[2]))
        for option in options
        if (match := _TIME.fullmatch(option))
    }
    return PlayedPart(times.get("start"), times.get("stop"))
