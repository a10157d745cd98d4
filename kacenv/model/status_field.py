"""Annotations of a status field beside its type: its unit, and how time moves it.

Plain records, which pydantic knows by a method of theirs: a press loads them, and no pydantic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit of a field, for the API's description and the documentation."""

    symbol: str

    def __get_pydantic_json_schema__(
        self, core: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        return {**handler(core), "x-unit": self.symbol}


class Clock(NamedTuple):
    """Change of a field by time alone, so that no message is needed while it lasts.

    It runs `forward`, up to the field `until` beside it, or else back to 0; or changes by as much
    as the field `like` above it. One that `rests` stands still in the modes of `RESTING`.
    """

    forward: bool = True
    rests: bool = True
    until: str = ""
    like: str = ""


Clocks: TypeAlias = "Mapping[str, Clock | Clocks]"
"""Clocks of a record by field; those of the records within by theirs."""
Time = Annotated[float, Unit("s")]


@cache
def clocks_of(record: type) -> Clocks:
    """Return the clocks of a record and of those in it, alone or in a list."""
    hints = get_type_hints(record, include_extras=True)
    found = {name: _clock_of(hint) or _clocks_within(hint) for name, hint in hints.items()}
    return {name: clock for name, clock in found.items() if clock}


def _clock_of(hint: Any) -> Clock | None:
    told = getattr(hint, "__metadata__", ())
    return next((one for one in told if isinstance(one, Clock)), None)


def _clocks_within(hint: Any) -> Clocks:
    if isinstance(hint, type) and is_dataclass(hint):
        return clocks_of(hint)
    parts = () if get_origin(hint) is Mapping else get_args(hint)
    return next((clocks for clocks in map(_clocks_within, parts) if clocks), {})


def clock_names(clocks: Clocks) -> frozenset[str]:
    """Return the names of all fields that are clocks."""
    within = (
        frozenset({name}) if isinstance(clock, Clock) else clock_names(clock)
        for name, clock in clocks.items()
    )
    return frozenset().union(*within)
