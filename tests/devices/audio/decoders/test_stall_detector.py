"""A decoder that hangs is told from one that waits for the processor or for its disk."""

from collections.abc import Iterable

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.audio.decoders import stall_detector
from kacenv.devices.audio.decoders.stall_detector import StallDetector
from kacenv.system.processes import Activity

STOPPED = [Activity("T", Seconds(1.0), 5)] * 100
STARVED = [Activity("R", Seconds(1.0 + n / 1000), 5) for n in range(100)]
LOOPING = [Activity("R", Seconds(1.0 + n / 2), 5) for n in range(100)]
READING = [Activity("D", Seconds(1.0), 5 + n) for n in range(100)]


def looks_until_it_hangs(
    monkeypatch: pytest.MonkeyPatch, seen: Iterable[Activity], written: Iterable[int]
) -> int | None:
    """Look at a decoder that is seen like this; return the number of looks until it hangs."""
    seen = iter(seen)
    monkeypatch.setattr(stall_detector, "activity_of", lambda _: next(seen))
    detector = StallDetector(1)
    looks = enumerate(written, 1)
    return next((number for number, place in looks if detector.look(place)), None)


@pytest.mark.parametrize(
    ("seen", "looks"),
    [(STOPPED, 5), (LOOPING, 5), (STARVED, 61), (READING, 61)],
    ids=["stopped", "looping", "starved", "reading"],
)
def test_it_depends_on_what_it_does(
    monkeypatch: pytest.MonkeyPatch, seen: list[Activity], looks: int
) -> None:
    """2 s are enough for one that does nothing; one that can't be blamed has half a minute."""
    assert looks_until_it_hangs(monkeypatch, seen, [7] * 100) == looks


def test_who_writes_never_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly it comes."""
    written = [number // 4 for number in range(100)]
    assert looks_until_it_hangs(monkeypatch, STOPPED, written) is None


def test_a_rest_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it wasn't wanted, nothing counts."""
    monkeypatch.setattr(stall_detector, "activity_of", lambda _: STOPPED[0])
    detector = StallDetector(1)
    assert not any(detector.look(7) for _ in range(4))
    detector.rest()
    assert [detector.look(7) for _ in range(5)] == [False] * 4 + [True]
