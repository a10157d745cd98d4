"""Lamps of unknown state, and the queries for it."""

from collections.abc import Callable

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects.state_query import state_query
from kacenv.devices.lights.lamp.initial_state import ANSWER_WITHIN, InitialStateQuery
from kacenv.model.look import Setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]


def test_a_lamp_is_waited_for_once(make_fixture: MakeFixture) -> None:
    """It is asked with that; after it was away it may be waited for again."""
    fixture = make_fixture("zigbee2mqtt", "level")
    lamp = InitialStateQuery(fixture)
    assert lamp.wait(Seconds(5.0))
    assert lamp.waits_until == 5.0 + ANSWER_WITHIN
    assert lamp.question() == state_query(fixture)
    assert lamp.question() == ()
    lamp.stop_waiting()
    assert not lamp.wait(Seconds(9.0))
    lamp.lamp_returned()
    assert lamp.wait(Seconds(10.0))


def test_a_lamp_that_could_not_answer_is_waited_for_again(make_fixture: MakeFixture) -> None:
    """The broker went while it was waited for; one that has had its second isn't given another."""
    lamp = InitialStateQuery(make_fixture("plain", "level"))
    assert lamp.wait(Seconds(5.0))
    lamp.interrupted()
    assert lamp.waits_until is None
    assert lamp.wait(Seconds(9.0))
    lamp.stop_waiting()
    lamp.interrupted()
    assert not lamp.wait(Seconds(12.0))


def test_where_it_was_when_it_left_is_where_it_is_presumed(make_fixture: MakeFixture) -> None:
    """A stranger that goes a second time was never where it was led to; the first word stays."""
    lamp = InitialStateQuery(make_fixture("plain", "level"))
    lamp.lamp_went_away(Setting(Level(0.3)))
    lamp.lamp_went_away(Setting(Level(0.9)))
    assert (lamp.is_unknown, lamp.assumed) == (True, Setting(Level(0.3)))
    lamp.reached(known=True)
    assert lamp.is_pending
    lamp.assume_at_start()
    assert (lamp.is_unknown, lamp.assumed) == (False, None)
