"""Changes that somebody else goes on making."""

from support.lone_lamp import LONG_AGO, STATE, MakeLamp, ask, run, says

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.foreign_changes import CHANGES, WITHIN, ForeignChanges


def test_a_hand_at_a_dimmer_is_no_other_controller() -> None:
    """Twenty changes in two seconds, and one now and then."""
    changes = ForeignChanges()
    assert not any(changes.note(Seconds(tick / 10)) for tick in range(20))
    changes = ForeignChanges()
    assert not any(changes.note(Seconds(minute * 20.0)) for minute in range(60))


def test_what_goes_on_is_told_once_until_it_has_ended() -> None:
    """A change every two seconds; and again after a pause."""
    changes = ForeignChanges()
    told = [at for at in range(0, 100, 2) if changes.note(Seconds(at))]
    assert told == [2 * (CHANGES - 1)]
    assert changes.count > CHANGES
    later = 100 + 2 * int(WITHIN)
    told = [at for at in range(later, later + 40, 2) if changes.note(Seconds(at))]
    assert told == [later + 2 * (CHANGES - 1)]


def test_a_lamp_that_another_controller_leads_is_left_to_it(make_lamp: MakeLamp) -> None:
    """Staff read of a hand first, then that it goes on; kacenv says nothing to the lamp."""
    lamp = make_lamp("home-assistant", "level", "transition", state_topic=STATE)
    lamp.broker_back(LONG_AGO)
    says(lamp, 0, 0.0)
    ask(lamp, "40%", 1.0, 2.0)
    run(lamp, 1.0, 5.0)
    says(lamp, 102, 5.0)
    for tick in range(20):
        says(lamp, 40 + tick * 7, 20.0 + 2 * tick)
    first, second = lamp.staff_messages()
    assert "changed by hand" in first
    assert "again and again" in second
    assert run(lamp, 20.0, 100.0) == []
