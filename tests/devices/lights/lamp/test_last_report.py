"""Merged reports of a lamp."""

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Reported
from kacenv.devices.lights.lamp.estimate import LastReport
from kacenv.model.look import Color, Setting


def test_parts_are_put_together() -> None:
    """A colour, a level and a white: the last shade counts, and when the level was said."""
    said = LastReport()
    said.update(Reported(color=Color(255, 0, 0)), Seconds(1.0))
    assert said.setting is None
    said.update(Reported(Level(0.4)), Seconds(2.0))
    assert said.setting == Setting(Level(0.4), color=Color(255, 0, 0))
    said.update(Reported(kelvin=Kelvin(2700.0)), Seconds(3.0))
    assert said.setting == Setting(Level(0.4), Kelvin(2700.0))
    assert said.level_at == 2.0


def test_whether_it_is_there_can_be_forgotten() -> None:
    """And nothing else with it."""
    said = LastReport()
    said.update(Reported(Level(0.4), available=True), Seconds(1.0))
    said.forget_availability()
    assert (said.available, said.level) == (None, 0.4)
