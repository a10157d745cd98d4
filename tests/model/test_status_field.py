"""What time alone changes in a record, as its fields say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from kacenv.model.status_field import Clock, Time, clock_names, clocks_of


@dataclass(frozen=True)
class Part:
    """A record within."""

    ago: Annotated[Time, Clock(rests=False)]
    text: str


@dataclass(frozen=True)
class Whole:
    """A record with others."""

    left: Annotated[float | None, Clock(forward=False)]
    part: Part | None
    parts: tuple[Part, ...]
    named: Mapping[str, Part]
    length: Time


def test_clocks_are_found_alone_in_records_and_in_lists() -> None:
    """What is named by an id has moments instead, so nothing is looked for there."""
    inner = {"ago": Clock(rests=False)}
    assert clocks_of(Whole) == {"left": Clock(forward=False), "part": inner, "parts": inner}
    assert clock_names(clocks_of(Whole)) == {"left", "ago"}
