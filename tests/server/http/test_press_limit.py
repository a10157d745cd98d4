"""Surfaces that press faster than any hand."""

import pytest

from kacenv.core.errors import RefusedError
from kacenv.model.requests import Hold, LightsUp, Press, Stop
from kacenv.server.http.press_limit import AT_ONCE, PER_SECOND, PressLimiter


class Crowd:
    """Surfaces on a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 0.0
        self._haste = PressLimiter(lambda: self.time)

    def press(self, count: int, press: Press, surface: str = "tablet") -> int:
        """How many of `count` presses are let through."""
        through = 0
        for _ in range(count):
            try:
                self._haste.check(surface, press)
            except RefusedError:
                continue
            through += 1
        return through


def test_no_hand_is_ever_refused() -> None:
    """Twice a second for an hour, or twenty at once, is nothing."""
    crowd = Crowd()
    for second in range(3600):
        crowd.time = float(second)
        assert crowd.press(2, Hold()) == 2
    assert crowd.press(20, Hold()) == 20


def test_a_flood_is_thinned_out() -> None:
    """Of 200 a second for a minute, the first come through and then a few a second."""
    crowd, through = Crowd(), 0
    for tick in range(600):
        crowd.time = tick / 10
        through += crowd.press(20, Hold())
    assert through == pytest.approx(AT_ONCE + 60 * PER_SECOND, abs=5)


def test_a_flood_keeps_nobody_else_out() -> None:
    """Another surface presses as before, and on the same one lights-up and stop still work."""
    crowd = Crowd()
    crowd.press(1000, Hold())
    assert crowd.press(1, Hold()) == 0
    assert crowd.press(1, Hold(), "pedal") == 1
    crowd.press(1000, LightsUp())
    assert crowd.press(1, Stop()) == 1


def test_it_recovers() -> None:
    """A second after a flood a press counts again."""
    crowd = Crowd()
    crowd.press(1000, Hold())
    crowd.time = 1.0
    assert crowd.press(10, Hold()) == PER_SECOND
