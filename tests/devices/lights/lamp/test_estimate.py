"""A lamp's estimated state, against its reports."""

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Reported
from kacenv.devices.lights.fades.fade_steps import LampRunFade
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.fades.trajectory import FadeOptions, trajectory_between
from kacenv.devices.lights.lamp.estimate import LampEstimate, LastReport
from kacenv.devices.lights.lamp.report_check import ReportClassifier
from kacenv.model.look import parse_setting


@pytest.fixture
def said() -> LastReport:
    """Return an empty report."""
    return LastReport()


@pytest.fixture
def belief(said: LastReport) -> LampEstimate:
    """Return the estimate of a lamp that fades from off to 40 % from 0 to 10."""
    belief = LampEstimate(said, ReportClassifier(DimmingScale(255, DimmingCurve.EYE)))
    path = trajectory_between(
        parse_setting("off"), parse_setting("40%"), FadeOptions(Seconds(0.0), Seconds(10.0))
    )
    belief.begin_fade(LampRunFade.begin(path))
    return belief


def test_it_is_where_its_fade_is(belief: LampEstimate) -> None:
    """In the middle, at the end, and where it was told to stay."""
    assert belief.level_at(Seconds(5.0)) == pytest.approx(0.2)
    assert belief.is_busy(Seconds(5.0))
    belief.hold(belief.at(Seconds(5.0)))
    assert belief.level_at(Seconds(50.0)) == pytest.approx(0.2)
    assert not belief.is_busy(Seconds(50.0))
    belief.hold(None)
    assert belief.at(Seconds(50.0)) is None


@pytest.mark.parametrize(("at", "begins"), [(3.0, 0.4), (20.0, 0.8)])
def test_a_report_after_the_fade_is_where_the_next_begins(
    belief: LampEstimate, said: LastReport, at: float, begins: float
) -> None:
    """One from its middle isn't."""
    said.update(Reported(Level(0.8)), Seconds(at))
    origin = belief.origin(Seconds(30.0))
    assert origin is not None
    assert origin.level == pytest.approx(begins)
