"""The light of a room that has come back."""

import pytest
from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import Step, next_due, step
from kacenv.model.commands import ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.requests import LightsUp, Resume, Start

TWO = a_timeline(
    a_phase("dim", 600.0),
    a_phase("bright", 600.0, look={Zone.SEATS: parse_setting("60%")}, light_fade=Seconds(100.0)),
)


def lived(until: float) -> State:
    """The room `until` seconds into its session."""
    state = step(State(room=a_room()), Seconds(0.0), Start(TWO)).state
    while (due := next_due(state)) is not None and due <= until:
        state = step(state, due).state
    return state


def back(state: State, since: float, now: float) -> tuple[State, ShowLook]:
    """The room after it was away, and the look it orders."""
    done: Step = step(state, Seconds(now), Resume(Seconds(since)))
    looks = [command for command in done.commands if isinstance(command, ShowLook)]
    assert len(looks) == 1
    return done.state, looks[0]


def test_at_rest_lamps_are_believed_at_their_look() -> None:
    """A dimmer that can't say where it is needn't be made dark first."""
    _, look = back(lived(300.0), 300.0, 302.0)
    assert look.origin == {Zone.SEATS: parse_setting("20%")}


@pytest.mark.parametrize("now", [632.0, 660.0])
def test_in_mid_fade_lamps_are_believed_where_they_were_left(now: float) -> None:
    """Nobody has led them since the room went; a fade of lamps is even."""
    _, look = back(lived(625.0), 625.0, now)
    assert look.look[Zone.SEATS].level == pytest.approx(0.6)
    assert look.origin[Zone.SEATS].level == pytest.approx(0.3)


def test_a_light_that_nobody_knows_is_not_guessed() -> None:
    """In the first fade of a session the lamps may be anywhere."""
    _, look = back(lived(20.0), 20.0, 21.0)
    assert look.origin == {}


def test_a_room_that_goes_twice_still_knows_its_light() -> None:
    """The second time in the middle of the fade that the first has begun."""
    state, look = back(lived(625.0), 625.0, 627.0)
    half = Seconds(look.duration / 2)
    _, again = back(state, 627.0 + half, 628.0 + half)
    assert again.origin[Zone.SEATS].level == pytest.approx(0.45)


def test_lights_up_waits_for_no_belief() -> None:
    """It is said again as it was, wherever the lamps are."""
    state = step(lived(300.0), Seconds(300.0), LightsUp()).state
    _, look = back(state, 310.0, 312.0)
    assert look.urgent
    assert look.origin == {}
