"""A lamp's estimated state, against its reports."""

import pytest

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported
from kacenv.devices.lights.fades.fade_steps import LampRunFade
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.fades.trajectory import FadeOptions, trajectory_between
from kacenv.devices.lights.lamp.estimate import (
    ANSWER_WITHIN,
    LampEstimate,
    LastReport,
    StateQuery,
)
from kacenv.model.look import Color, Setting, parse_setting

QUERY = Message("house/lamp/get", b"{}")


@pytest.fixture
def report() -> LastReport:
    """Return an empty report."""
    return LastReport()


@pytest.fixture
def estimate(report: LastReport) -> LampEstimate:
    """Return the estimate of a lamp that fades from off to 40 % from 0 to 10."""
    estimate = LampEstimate(report, DimmingScale(255, DimmingCurve.EYE))
    path = trajectory_between(
        parse_setting("off"), parse_setting("40%"), FadeOptions(Seconds(0.0), Seconds(10.0))
    )
    estimate.begin_fade(LampRunFade.begin(path))
    return estimate


def test_it_is_where_its_fade_is(estimate: LampEstimate) -> None:
    """In the middle, at the end, and where it was told to stay."""
    assert estimate.level_at(Seconds(5.0)) == pytest.approx(0.2)
    assert estimate.is_busy(Seconds(5.0))
    estimate.hold(estimate.at(Seconds(5.0)))
    assert estimate.level_at(Seconds(50.0)) == pytest.approx(0.2)
    assert not estimate.is_busy(Seconds(50.0))
    estimate.hold(None)
    assert estimate.at(Seconds(50.0)) is None


@pytest.mark.parametrize(("at", "begins"), [(3.0, 0.4), (20.0, 0.8)])
def test_a_report_after_the_fade_is_where_the_next_begins(
    estimate: LampEstimate, report: LastReport, at: float, begins: float
) -> None:
    """One from its middle isn't."""
    report.update(Reported(Level(0.8)), Seconds(at))
    origin = estimate.origin(Seconds(30.0))
    assert origin is not None
    assert origin.level == pytest.approx(begins)


def test_parts_are_put_together() -> None:
    """A colour, a level and a white: the last shade counts, and when the level was report."""
    report = LastReport()
    report.update(Reported(color=Color(255, 0, 0)), Seconds(1.0))
    assert report.setting is None
    report.update(Reported(Level(0.4)), Seconds(2.0))
    assert report.setting == Setting(Level(0.4), color=Color(255, 0, 0))
    report.update(Reported(kelvin=Kelvin(2700.0)), Seconds(3.0))
    assert report.setting == Setting(Level(0.4), Kelvin(2700.0))
    assert report.level_at == 2.0


def test_whether_it_is_there_can_be_forgotten() -> None:
    """And nothing else with it."""
    report = LastReport()
    report.update(Reported(Level(0.4), available=True), Seconds(1.0))
    report.forget_availability()
    assert (report.available, report.level) == (None, 0.4)


@pytest.fixture
def query() -> StateQuery:
    """Return the query of a lamp that can be asked."""
    return StateQuery((QUERY,))


def test_a_lamp_is_waited_for_once(query: StateQuery) -> None:
    """It is asked with that; after it was away it may be waited for again."""
    assert query.wait(Seconds(5.0))
    assert query.waits_until == 5.0 + ANSWER_WITHIN
    assert query.messages() == (QUERY,)
    assert query.messages() == ()
    query.stop_waiting()
    assert not query.wait(Seconds(9.0))
    query.allow_wait()
    assert query.wait(Seconds(10.0))


def test_a_lamp_that_could_not_answer_is_waited_for_again(query: StateQuery) -> None:
    """The broker went while it was waited for; one that has had its second isn't given another."""
    assert query.wait(Seconds(5.0))
    query.interrupted()
    assert query.waits_until is None
    assert query.wait(Seconds(9.0))
    query.stop_waiting()
    query.interrupted()
    assert not query.wait(Seconds(12.0))


def test_where_it_was_when_it_left_is_assumed(estimate: LampEstimate) -> None:
    """A lamp that goes a second time was never where it was led to; the first word stays."""
    estimate.hold(Setting(Level(0.3)))
    estimate.lamp_went_away(Seconds(20.0))
    estimate.hold(Setting(Level(0.9)))
    estimate.lamp_went_away(Seconds(30.0))
    estimate.assume(Setting(Level(0.5)))
    assert (estimate.is_unknown, estimate.assumed) == (True, Setting(Level(0.3)))
    assert estimate.origin(Seconds(30.0)) is None
    estimate.lamp_set()
    assert (estimate.is_unknown, estimate.assumed) == (False, None)
