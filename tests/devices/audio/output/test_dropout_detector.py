"""When a device ran dry, on a simulated clock: a device drains its buffer and asks for more."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.dropout_detector import SHORTEST, DropoutDetector
from kacenv.devices.audio.samples import RATE
from kacenv.model.dropout import Dropout

HELD = Seconds(0.12)
LATENCY = Seconds(0.075)
PUNCTUAL = 0.02
"""Lateness (s) that a buffer of `HELD` always survives."""
CLOSE = 0.003


@dataclass
class DrainingDevice:
    """A device that plays what it has, silence when dry, and requests what fills it.

    `speed` is that of its clock, `period` how often it requests; `missed` is what it played dry.
    """

    detector: DropoutDetector
    now: float = 1000.0
    speed: float = 1.0
    period: float = 0.04
    level: float = 0.0
    holds: float = HELD
    missed: list[Dropout] = field(default_factory=list)
    found: list[Dropout] = field(default_factory=list)

    def run(self, seconds: float, *late: float) -> None:
        """Request for a while, each time as `late` as the list says in turn."""
        end, number = self.now + seconds, 0
        while self.now < end:
            self.request(late[number % len(late)] if late else 0.0)
            number += 1

    def request(self, late: float = 0.0) -> None:
        """Wait a period and more, play meanwhile, and be filled again."""
        span = self.period + late
        dry = span * self.speed - self.level
        self.now += span
        if dry > 0 and self.level:
            self.missed.append(Dropout(Seconds(self.now - dry), Seconds(dry)))
        self.level = max(0.0, self.level - span * self.speed)
        self.fill()

    def fill(self) -> None:
        """Pull what fills the buffer."""
        frames = round((self.holds - self.level) * RATE)
        dropout = self.detector.pull(self.now, frames)
        self.found += [dropout] if dropout else []
        self.level += frames / RATE


def playing(speed: float = 1.0, period: float = 0.04, holds: float = HELD) -> DrainingDevice:
    """A device that has played for a while."""
    detector = DropoutDetector()
    detector.begin(HELD, LATENCY)
    device = DrainingDevice(detector, speed=speed, period=period, holds=holds)
    device.fill()
    device.run(3.0)
    return device


speeds = st.floats(0.9995, 1.0005)
periods = st.sampled_from((0.011, 0.021, 0.04, 0.06))


@given(
    lates=st.lists(st.floats(0.0, PUNCTUAL), min_size=1, max_size=20), speed=speeds, period=periods
)
def test_what_never_runs_dry_is_never_told(lates: list[float], speed: float, period: float) -> None:
    """However unevenly a device requests, and however fast its clock, within what it holds."""
    device = playing(speed, period)
    device.run(15.0, *lates)
    assert device.missed == device.found == []


@given(late=st.floats(0.0, 5.0), speed=speeds, period=periods)
def test_each_dropout_is_told_once_with_its_time_and_length(
    late: float, speed: float, period: float
) -> None:
    """Whatever its length; what is shorter than the shortest that is told may be left out."""
    device = playing(speed, period)
    device.request(late)
    device.run(6.0)
    told = [one for one in device.missed if one.length > SHORTEST + CLOSE]
    assert len(told) <= len(device.found) <= len(device.missed)
    close = CLOSE + abs(speed - 1) * late
    for known, heard in zip(device.found, device.missed, strict=False):
        assert known.length == pytest.approx(heard.length, abs=close)
        assert known.begin == pytest.approx(heard.begin, abs=close)


@given(lates=st.lists(st.floats(0.1, 1.0), min_size=2, max_size=6), apart=st.floats(0.0, 0.4))
def test_dropouts_close_together_are_one_as_long_as_all(lates: list[float], apart: float) -> None:
    """A device that stutters is told of once, with all that was missed."""
    device = playing()
    for late in lates:
        device.request(late)
        device.run(apart)
    device.run(3.0)
    missed = sum(one.length for one in device.missed)
    if missed > SHORTEST + CLOSE:
        assert len(device.found) == 1
        assert device.found[0].length == pytest.approx(missed, abs=CLOSE * len(lates))
        assert device.found[0].begin == pytest.approx(device.missed[0].begin, abs=CLOSE)


def test_a_late_pull_that_the_device_makes_up_for_is_none() -> None:
    """One that holds more than was known asks for all of it afterwards: nothing was missed."""
    device = playing(holds=0.6)
    device.request(0.3)
    device.run(3.0)
    assert device.found == []


def test_a_device_that_wakes_slowly_has_no_dropout() -> None:
    """A sound server may wait for two seconds before it plays: nothing was heard before."""
    detector = DropoutDetector()
    detector.begin(HELD, LATENCY)
    device = DrainingDevice(detector)
    device.fill()
    device.request(2.0)
    device.run(5.0)
    assert device.found == []


@given(away=st.floats(0.0, 600.0), silent=st.booleans())
def test_a_device_that_is_opened_again_has_one_dropout(away: float, silent: bool) -> None:
    """It lasts from where the one before ran dry until the next is heard."""
    device = playing()
    dry_at = device.now + device.level
    if silent:
        device.detector.begin(None, Seconds(0.0))
        device.detector.pull(device.now + 0.3, 2880)
    device.now += 0.3 + away
    device.detector.begin(HELD, LATENCY)
    device.level = 0.0
    heard_at = device.now + LATENCY
    device.fill()
    device.run(3.0)
    assert len(device.found) == 1
    assert device.found[0].begin == pytest.approx(dry_at, abs=CLOSE)
    assert device.found[0].end == pytest.approx(heard_at, abs=CLOSE)


def test_what_nobody_hears_has_no_dropout() -> None:
    """A room that has no device yet misses nothing, and its first device doesn't either."""
    detector = DropoutDetector()
    detector.begin(None, Seconds(0.0))
    assert all(detector.pull(at, 2880) is None for at in (1.0, 5.0, 9.0))
    detector.begin(HELD, LATENCY)
    device = DrainingDevice(detector)
    device.fill()
    device.run(3.0)
    assert device.found == []
